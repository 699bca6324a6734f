import Foundation
import ScientificFiles
import Support

/// The persons in an image with their parts, as PASCAL-Part stores them: the structure `anno`.
struct HumanParts {
  private let url: URL
  /// The masks of the parts of all persons, in the file's order, each with its class.
  private let parts: [(classIndex: Int, mask: NumericArray)]
  /// Whether the image shows a person, with or without parts.
  let showPerson: Bool

  /// Reads a file.
  ///
  /// - Throws: `FileError` for a file that is missing or damaged, or has another structure.
  init(contentsOf url: URL) throws {
    self.url = url
    let annotation = try MATFile(contentsOf: url).value("anno")
    guard let objects = annotation.fields?["objects", at: 0] else { throw Self.lacks("anno.objects", url) }
    var (parts, showPerson): ([(Int, NumericArray)], Bool) = ([], false)
    for index in 0..<(objects.fields?.count ?? 0) {
      let path = "anno.objects(\(index + 1))"
      guard let object = objects.fields,
        let number = object["class_ind", at: index]?.array?.integers()?.first
      else { throw Self.lacks("\(path).class_ind", url) }
      guard number == PASCALClasses.person else { continue }
      if let mask = object["mask", at: index]?.array, mask.floats().contains(where: { $0 != 0 }) { showPerson = true }
      // An object without parts has an empty array of numbers in place of structures.
      guard let own = object["parts", at: index]?.fields else { continue }
      parts += try Self.parts(own, path, url)
    }
    (self.parts, self.showPerson) = (parts, showPerson)
  }

  private static func parts(_ parts: MATStructure, _ path: String, _ url: URL) throws -> [(Int, NumericArray)] {
    try (0..<parts.count).map { index in
      let path = "\(path).parts(\(index + 1))"
      guard let name = parts["part_name", at: index]?.text else { throw lacks("\(path).part_name", url) }
      guard let mask = parts["mask", at: index]?.array else { throw lacks("\(path).mask", url) }
      guard let classIndex = PASCALClasses.partClasses[name] else {
        throw FileError(
          url,
          "\(path).part_name is "
            + unknownName("part", name, among: PASCALClasses.partClasses.keys.sorted()))
      }
      return (classIndex, mask)
    }
  }

  /// Returns the class of each pixel: the last part that covers it, or the background. Without a pixel of any part,
  /// nothing is known of the image.
  ///
  /// - Throws: `FileError` for a mask of another size.
  func map(like size: ImageSize) throws -> DenseMap {
    var labels = PixelMap(channels: 1, height: size.height, width: size.width)
    var hasParts = false
    for (classIndex, mask) in parts {
      guard mask.shape == [size.height, size.width] else {
        throw FileError(url, "holds a part's mask of the shape \(mask.shape), but its image is \(size)")
      }
      for (pixel, value) in mask.floats().enumerated() where value != 0 {
        labels.values[pixel] = Float(classIndex)
        hasParts = true
      }
    }
    guard hasParts else {
      return DenseMap(unknown: .classes, channels: 1, height: size.height, width: size.width)
    }
    return DenseMap(.classes, labels)
  }

  private static func lacks(_ field: String, _ url: URL) -> FileError {
    FileError(
      url,
      "lacks \(field), or it is something else: the structure anno of PASCAL-Part is expected, with objects of class_ind, mask and parts"
    )
  }
}
