import Foundation
import Support

/// The folder of OSD with amodal masks: for each image a file of the objects' numbers, and one mask for each object.
struct OSDFolder {
  private let folder: URL

  init(_ folder: URL) { self.folder = folder }

  static func isOne(_ folder: URL) -> Bool {
    ["image_color", "annotation", "amodal_annotation"].allSatisfy { folder.file($0).isFolder }
  }

  /// Lists the images.
  ///
  /// - Parameter depthScale: the meters of one unit of the depth files.
  /// - Throws: `FileError` for a folder or a file that is missing.
  func scenes(depthScale: Float) throws -> [any ObjectScene] {
    let masks = try masks()
    let names = try folder.file("annotation").contents().filter { $0.hasSuffix(".png") }
    guard !names.isEmpty else { throw FileError(folder.file("annotation"), "holds no PNG files") }
    return try names.map { file in
      let name = String(file.dropLast(4))
      for place in ["image_color", "disparity"] {
        let other = folder.file("\(place)/\(file)")
        guard other.exists else { throw FileError(other, "does not exist, but annotation/\(file) does") }
      }
      return OSDScene(folder: folder, name: name, numbers: masks[name] ?? [], depthScale: depthScale)
    }
  }

  /// The numbers of the objects that have an amodal mask, by image.
  private func masks() throws -> [String: [Int]] {
    var numbers: [String: [Int]] = [:]
    for file in try folder.file("amodal_annotation").contents() where file.hasSuffix(".png") {
      let name = file.dropLast(4)
      guard let bar = name.lastIndex(of: "_"), let number = Int(name[name.index(after: bar)...]), number > 0 else {
        throw FileError(
          folder.file("amodal_annotation/\(file)"), "has a name that is not {image}_{number of the object}.png")
      }
      numbers[String(name[..<bar]), default: []].append(number)
    }
    return numbers.mapValues { $0.sorted() }
  }
}

/// An image of OSD.
struct OSDScene: ObjectScene {
  let folder: URL
  let name: String
  /// The numbers of the objects that have an amodal mask.
  let numbers: [Int]
  /// The meters of one unit of the depth files, which lie in a folder that is called disparity.
  let depthScale: Float

  func image(_ files: PixelFiles) throws -> PixelMap { try files.image(folder.file("image_color/\(name).png")) }

  func depth(like size: ImageSize, _ files: PixelFiles) throws -> DenseMap {
    try files.stored(folder.file("disparity/\(name).png"), bits: 16, like: size)
      .depth(scale: depthScale, farthest: 20, of: "uoais")
  }

  func objects(like size: ImageSize, _ files: PixelFiles) throws -> [ObjectAnnotation] {
    let seen = try files.stored(folder.file("annotation/\(name).png"), like: size).numbers.values
    if let unknown = Set(seen).subtracting([0]).sorted().first(where: { !numbers.contains(Int($0)) }) {
      throw FileError(
        folder.file("amodal_annotation/\(name)_\(Int(unknown)).png"),
        "does not exist, but annotation/\(name).png shows an object \(Int(unknown))")
    }
    return try numbers.compactMap { number in
      let whole = try files.stored(folder.file("amodal_annotation/\(name)_\(number).png"), like: size).numbers.values
      let visible = seen.map { $0 == Float(number) }
      return ObjectAnnotation(
        label: 0, visibleMask: RunLengthMask(visible, height: size.height, width: size.width),
        amodalMask: RunLengthMask(
          zip(whole, visible).map { $0 != 0 || $1 }, height: size.height, width: size.width))
    }
  }
}
