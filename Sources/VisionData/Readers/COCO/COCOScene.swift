import Foundation
import Support

/// An image of a data set in COCO's format.
struct COCOScene: ObjectScene {
  let annotations: COCOAnnotations
  let entry: COCOAnnotations.Entry
  /// The file of depth, which the format itself does not have, and the meters of one of its units; nil if it is not read.
  let depth: (file: URL, scale: Float)?
  /// Whether groups of objects are among the objects.
  let keepsCrowds: Bool

  func image(_ files: PixelFiles) throws -> PixelMap { try files.image(entry.file) }

  func depth(like size: ImageSize, _ files: PixelFiles) throws -> DenseMap {
    guard let depth else { throw FileError(entry.file, "has no depth") }
    return try files.stored(depth.file, bits: 16, like: size).depth(scale: depth.scale, farthest: 100, of: "coco")
  }

  func objects(like size: ImageSize, _ files: PixelFiles) throws -> [ObjectAnnotation] {
    try annotations.checkSize(size, of: entry)
    return try annotations.objects(of: entry, keepsCrowds: keepsCrowds)
  }
}
