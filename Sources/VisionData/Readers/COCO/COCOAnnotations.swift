import Foundation
import Support
import VisionMetrics

/// A file of annotations in COCO's format, and the images that it names.
///
/// Masks are read from the file's text when a sample is: the file is parsed once, and stays in memory as it is.
struct COCOAnnotations: Sendable {
  /// An image, and the positions of its annotations.
  struct Entry: Sendable {
    let image: COCOTruthFile.Image
    let file: URL
    let depthFile: URL?
    let annotations: [Int]
  }

  private let truth: COCOTruthFile
  /// The names of the classes, in rising order of the categories' numbers, which may have gaps.
  let classes: [String]
  private let labels: [Int: Int]
  /// The images, in rising order of their numbers.
  let entries: [Entry]

  /// Reads a file of annotations.
  ///
  /// - Parameters:
  ///   - file: the file of annotations.
  ///   - images: the folder of the images.
  /// - Throws: `FileError` for a file that is missing, damaged or contradicts itself.
  init(_ file: URL, images: URL) throws {
    truth = try COCOTruthFile(contentsOf: file)
    let categories = truth.categories.sorted()
    labels = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
    classes = try Self.names(of: categories, truth)
    var annotations: [Int: [Int]] = [:]
    for (position, annotation) in truth.annotations.enumerated() {
      annotations[annotation.image!, default: []].append(position)
    }
    entries = try truth.images.map { [truth] image in
      Entry(
        image: image, file: try Self.url(image.file, "file_name", of: image, in: images, truth),
        depthFile: try image.depthFile.map { try Self.url($0, "depth_file_name", of: image, in: images, truth) },
        annotations: annotations[image.id] ?? [])
    }
  }

  private static func names(of categories: [Int], _ truth: COCOTruthFile) throws -> [String] {
    guard !categories.isEmpty else { throw FileError(truth.url, "has no categories: one at least is needed") }
    let names = categories.map { truth.categoryNames[$0] ?? "\($0)" }
    guard Set(names).count == names.count else { throw FileError(truth.url, "gives two categories one name") }
    return names
  }

  private static func url(
    _ path: String?, _ field: String, of image: COCOTruthFile.Image, in folder: URL, _ truth: COCOTruthFile
  ) throws -> URL {
    guard let path else { throw FileError(truth.url, "the image \(image.id) has no '\(field)'") }
    guard SplitList.isID(path) else {
      throw FileError(
        truth.url, "the image \(image.id) has the '\(field)' '\(excerpt(path))', which is no path inside of a folder")
    }
    return folder.file(path)
  }

  /// Makes sure that an image has the size that the file says, since masks are drawn in that size.
  ///
  /// - Throws: `FileError` with both sizes.
  func checkSize(_ size: ImageSize, of entry: Entry) throws {
    guard let said = entry.image.size else {
      throw FileError(truth.url, "the image \(entry.image.id) has no 'height' and 'width'")
    }
    guard said != (size.height, size.width) else { return }
    throw FileError(
      entry.file, "is \(size), but \(truth.url.lastPathComponent) says that it is \(said.height)×\(said.width)")
  }

  /// Reads the objects of an image. Annotations whose polygons all have fewer than three corners are left out.
  ///
  /// Where an annotation has a mask of what is visible, its segmentation is the whole object; everywhere else, the
  /// segmentation is both.
  ///
  /// - Parameters:
  ///   - entry: the image, whose size was checked.
  ///   - keepsCrowds: whether groups of objects are among them.
  /// - Throws: `FileError` with the file and the annotation for a mask that is missing or damaged.
  func objects(of entry: Entry, keepsCrowds: Bool) throws -> [ObjectAnnotation] {
    try entry.annotations.compactMap { position in
      let annotation = truth.annotations[position]
      guard keepsCrowds || !annotation.isCrowd else { return nil }
      guard
        let whole = try truth.mask(
          at: annotation.segmentation, in: "segmentation", ofAnnotation: position, in: entry.image)
      else { return nil }
      let label = labels[annotation.category!]!
      guard let place = annotation.visibleMask,
        let visible = try truth.mask(at: place, in: "visible_mask", ofAnnotation: position, in: entry.image)
      else {
        let mask = RunLengthMask(whole)
        return ObjectAnnotation(label: label, visibleMask: mask, amodalMask: mask, isCrowd: annotation.isCrowd)
      }
      // What is seen belongs to the object.
      return ObjectAnnotation(
        label: label, visibleMask: RunLengthMask(visible),
        amodalMask: RunLengthMask(.union(of: [whole, visible])), isCrowd: annotation.isCrowd)
    }
  }

  /// Returns the file of an image's depth.
  ///
  /// - Throws: `FileError` if none is named.
  func depthFile(of entry: Entry) throws -> URL {
    guard let file = entry.depthFile else {
      throw FileError(
        truth.url, "the image \(entry.image.id) has no 'depth_file_name', which images with depth (rgbd) need")
    }
    return file
  }

  /// Makes sure that the files of images are there.
  ///
  /// - Throws: `FileError` with the first one that is not.
  func requireFiles(of entries: some Sequence<Entry>) throws {
    for entry in entries {
      let files = [entry.file] + (entry.depthFile.map { [$0] } ?? [])
      guard let missing = files.first(where: { !$0.exists }) else { continue }
      throw FileError(missing, "does not exist, but \(truth.url.lastPathComponent) names it (image \(entry.image.id))")
    }
  }
}
