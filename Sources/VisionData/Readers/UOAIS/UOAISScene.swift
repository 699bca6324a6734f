import Foundation
import Support

/// An image of UOAIS-Sim: the segmentation of an annotation is the whole object, beside which stands what is visible.
struct UOAISScene: ObjectScene {
  private let annotations: COCOAnnotations
  private let entry: COCOAnnotations.Entry
  private let depthScale: Float
  private let depthFile: URL

  /// Reads the annotations of a split.
  ///
  /// - Parameters:
  ///   - file: the file of annotations.
  ///   - images: the folder of the split's images.
  ///   - depthScale: the meters of one unit of the depth files.
  /// - Throws: `FileError` for a damaged file, and for the first image that is missing.
  static func list(_ file: URL, images: URL, depthScale: Float) throws -> [any ObjectScene] {
    let annotations = try COCOAnnotations(file, images: images)
    guard annotations.classes.count == 1 else {
      throw FileError(
        file, "has \(annotations.classes.count) categories, but UOAIS-Sim has objects of one category alone")
    }
    try annotations.requireFiles(of: annotations.entries)
    return try annotations.entries.map {
      UOAISScene(
        annotations: annotations, entry: $0, depthScale: depthScale, depthFile: try annotations.depthFile(of: $0))
    }
  }

  func image(_ files: PixelFiles) throws -> PixelMap { try files.image(entry.file) }

  func depth(like size: ImageSize, _ files: PixelFiles) throws -> DenseMap {
    try files.stored(depthFile, bits: 16, like: size).depth(scale: depthScale, farthest: 20, of: "uoais")
  }

  func objects(like size: ImageSize, _ files: PixelFiles) throws -> [ObjectAnnotation] {
    try annotations.checkSize(size, of: entry)
    return try annotations.objects(of: entry, keepsCrowds: false)
  }
}
