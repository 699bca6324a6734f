import Foundation
import ScientificFiles
import Support

/// The arrays of a view, each of which is checked to fit the image.
struct MetaGraspNetArrays {
  private let file: NPZFile
  private let size: ImageSize

  /// - Throws: `FileError` for a file that is missing, or is no archive.
  init(_ url: URL, like size: ImageSize) throws {
    file = try NPZFile(contentsOf: url)
    self.size = size
  }

  /// Depth in meters: files hold centimeters, and NaN where nothing was measured.
  func depth() throws -> DenseMap {
    let values = try plane("depth").floats()
    if let wrong = values.first(where: { $0.isInfinite || $0 < 0 }) {
      throw FileError(file.url, "the array 'depth' holds \(wrong), but depth is 0 or above, in centimeters, or NaN")
    }
    let known = values.map { $0 > 0 }
    return DenseMap(
      .distances,
      PixelMap(
        channels: 1, height: size.height, width: size.width, values: values.map { $0.isNaN ? 0 : $0 / 100 }),
      known: PixelMask(height: size.height, width: size.width, values: known))
  }

  /// The number of the article at each pixel; zero is the background.
  func categories() throws -> DenseMap {
    let numbers = try articles()
    return DenseMap(
      .classes,
      PixelMap(channels: 1, height: size.height, width: size.width, values: numbers.map { Float($0) }))
  }

  /// The objects that can be seen.
  ///
  /// Masks of whole objects come in an order that is not documented: each seen object gets the one that has most of its
  /// pixels. Objects that are hidden as a whole are left out, since nothing says which they are.
  ///
  /// - Parameters:
  ///   - whole: the masks of whole objects.
  ///   - classCount: the number of classes: one, or all articles.
  /// - Throws: `FileError` for an object that has no mask of its own.
  func objects(whole: [[Bool]], classCount: Int) throws -> [ObjectAnnotation] {
    let instances = try integers("instances_objects", atMost: Self.largestInstance)
    let numbers = Set(instances).subtracting([0]).sorted()
    let places = try AmodalMatching.places(of: numbers, in: instances, among: whole, file.url)
    let labels = classCount == 1 ? [:] : try articles(ofInstances: instances)
    return try zip(numbers, places).compactMap { number, place in
      let visible = instances.map { $0 == number }
      guard let article = classCount == 1 ? 1 : labels[number] else {
        throw FileError(
          file.url,
          "says in 'instances_semantic' that every pixel of the object \(number) of 'instances_objects' is background, but an object shows an article"
        )
      }
      return ObjectAnnotation(
        label: article - 1,
        visibleMask: RunLengthMask(visible, height: size.height, width: size.width),
        amodalMask: RunLengthMask(
          zip(whole[place], visible).map { $0 || $1 }, height: size.height, width: size.width))
    }
  }

  private static let largestInstance = 65_535

  /// The article of each object: the one that most of its pixels show.
  private func articles(ofInstances instances: [Int]) throws -> [Int: Int] {
    var counts: [Int: [Int: Int]] = [:]
    for (instance, article) in zip(instances, try articles()) where instance > 0 && article > 0 {
      counts[instance, default: [:]][article, default: 0] += 1
    }
    return counts.mapValues { articles in articles.max { ($0.value, $1.key) < ($1.value, $0.key) }!.key }
  }

  private func articles() throws -> [Int] {
    try integers("instances_semantic", atMost: MetaGraspNetFolder.articleCount)
  }

  // MARK: Masks of whole objects

  /// The masks of a simulated view, which releases call by two names.
  func wholeObjects() throws -> [[Bool]] {
    let names = ["seg_masks_single", "occlusion_objects"]
    guard let name = names.first(where: file.names.contains) else {
      throw FileError(
        file.url, "has neither the array '\(names[0])' nor '\(names[1])', which hold the masks of whole objects")
    }
    return try masks(name, planes: 1)
  }

  /// The masks of a real view. Of the two planes of an object the first is what is seen, and the second may be the whole
  /// or what is hidden: both together are the whole in either case.
  func photographedObjects() throws -> [[Bool]] {
    let masks = try masks("amodal_bitmaps_full_size_instances", planes: 2)
    return stride(from: 0, to: masks.count, by: 2).map { index in
      zip(masks[index], masks[index + 1]).map { $0 || $1 }
    }
  }

  /// - Parameter planes: how many planes each object has.
  private func masks(_ name: String, planes: Int) throws -> [[Bool]] {
    let array = try file.array(name)
    let inner = (planes == 1 ? [] : [planes]) + [size.height, size.width]
    guard array.shape.count == inner.count + 1, Array(array.shape.dropFirst()) == inner else {
      throw FileError(
        file.url,
        "the array '\(name)' has the shape \(array.shape), but the image needs [objects, \(inner.map(String.init).joined(separator: ", "))]"
      )
    }
    return (0..<(array.shape[0] * planes)).map { array.isNonzero(in: $0 * size.count..<($0 + 1) * size.count) }
  }

  // MARK: Planes

  private func plane(_ name: String) throws -> NumericArray {
    let array = try file.array(name)
    guard array.shape == [size.height, size.width] || array.shape == [size.height, size.width, 1] else {
      throw FileError(file.url, "the array '\(name)' has the shape \(array.shape), but the image is \(size)")
    }
    return array
  }

  private func integers(_ name: String, atMost largest: Int) throws -> [Int] {
    guard let integers = try plane(name).integers() else {
      throw FileError(file.url, "the array '\(name)' holds other numbers than whole ones")
    }
    if let wrong = integers.first(where: { !(0...largest).contains($0) }) {
      throw FileError(file.url, "the array '\(name)' holds \(wrong), but numbers from 0 to \(largest) are expected")
    }
    return integers
  }
}
