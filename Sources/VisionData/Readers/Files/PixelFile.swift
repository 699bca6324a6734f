import Foundation
import Support

/// The numbers of a file for every pixel of an image, and the ground truth that they stand for.
struct PixelFile {
  let url: URL
  /// The stored numbers, channels × height × width.
  let numbers: PixelMap

  private var count: Int { numbers.height * numbers.width }

  /// Returns classes: each number without an offset.
  ///
  /// - Parameters:
  ///   - task: the task, whose classes are counted.
  ///   - offset: the number of the first class.
  ///   - unknown: the number that says that nothing is known.
  /// - Throws: `FileError` for a number that is no class.
  func labels(of task: VisionTask, offset: Int = 0, unknown: Int?) throws -> DenseMap {
    try classes(of: task, "\(offset) to \(offset + task.channels - 1)\(unknown.map { " (\($0) is unknown)" } ?? "")") {
      number in
      if number == unknown { return .unknown }
      return (0..<task.channels).contains(number - offset) ? .label(number - offset) : .wrong
    }
  }

  /// What a number says about a pixel's class.
  enum Reading {
    case label(Int)
    case unknown
    case wrong
  }

  /// Returns classes as a table gives them.
  ///
  /// - Parameters:
  ///   - task: the task.
  ///   - allowed: which numbers there may be, for errors.
  ///   - reading: what a number says.
  /// - Throws: `FileError` for a number that is wrong.
  func classes(of task: VisionTask, _ allowed: String, _ reading: (Int) -> Reading) throws -> DenseMap {
    var (labels, known) = (numbers, [Bool](repeating: true, count: count))
    for pixel in 0..<count {
      let number = numbers.values[pixel]
      switch Int(exactly: number).map(reading) ?? .wrong {
      case .label(let label): labels.values[pixel] = Float(label)
      case .unknown: known[pixel] = false
      case .wrong:
        throw FileError(url, "holds \(text(number)) at \(place(pixel)), but '\(task.name)' has \(allowed)")
      }
    }
    return DenseMap(.classes, labels, known: mask(known))
  }

  /// Returns yes and no: the two numbers that the file holds.
  ///
  /// - Parameters:
  ///   - content: what the map's numbers mean.
  ///   - yes: the number for yes; 0 is no.
  /// - Throws: `FileError` for another number.
  func mask(_ content: MapContent, yes: Float) throws -> DenseMap {
    var map = numbers
    for pixel in 0..<count {
      let number = numbers.values[pixel]
      guard number == 0 || number == yes else {
        throw FileError(url, "holds \(text(number)) at \(place(pixel)), but 0 and \(text(yes)) are expected")
      }
      map.values[pixel] = number / yes
    }
    return DenseMap(content, map)
  }

  /// Returns depth in meters; a pixel of zero is unknown.
  ///
  /// - Parameters:
  ///   - scale: the meters of one unit.
  ///   - farthest: the depth in meters that most pixels do not pass.
  ///   - dataset: the name of the data set, for errors.
  /// - Throws: `FileError` for depths that are negative, and for those of another unit.
  func depth(scale: Float, farthest: Float, of dataset: String) throws -> DenseMap {
    var (map, known, farCount) = (numbers, [Bool](repeating: true, count: count), 0)
    for pixel in 0..<count {
      let number = numbers.values[pixel] * scale
      guard number >= 0 else {
        throw FileError(url, "holds \(text(number)) at \(place(pixel)), but depth is above 0, or 0 where it is unknown")
      }
      known[pixel] = number > 0
      if number > farthest { farCount += 1 }
      map.values[pixel] = number
    }
    let knownCount = known.count { $0 }
    guard 2 * farCount <= knownCount else {
      throw FileError(
        url,
        "holds depths of which \(farCount) of \(knownCount) are farther than \(text(farthest)) m: they are of another unit, whose meters the setting depthScale says, as in data: {dataset: {name: \(dataset), depthScale: 0.001}}"
      )
    }
    return DenseMap(.distances, map, known: mask(known))
  }

  /// Returns inverses of distances, such as disparities.
  ///
  /// - Parameter value: what a stored number stands for; nil where it is unknown.
  /// - Throws: `FileError` for values below zero.
  func inverseDistances(_ value: (Float) -> Float?) throws -> DenseMap {
    let map = plane(.inverseDistances, value)
    guard let pixel = map.values.values.firstIndex(where: { $0 < 0 }) else { return map }
    throw FileError(
      url, "holds \(text(map.values.values[pixel])) at \(place(pixel)), but inverse distances are not below 0")
  }

  /// Returns distances.
  ///
  /// - Parameter value: what a stored number stands for, above zero; nil where it is unknown.
  func distances(_ value: (Float) -> Float?) -> DenseMap { plane(.distances, value) }

  private func plane(_ content: MapContent, _ value: (Float) -> Float?) -> DenseMap {
    var (map, known) = (numbers, [Bool](repeating: true, count: count))
    for pixel in 0..<count {
      let decoded = value(numbers.values[pixel])
      map.values[pixel] = decoded ?? 0
      known[pixel] = decoded != nil
    }
    return DenseMap(content, map, known: mask(known))
  }

  /// Returns vectors in the camera's frame.
  ///
  /// - Parameters:
  ///   - code: what a number stands for.
  ///   - isKnown: whether a vector says anything, with the position of its pixel.
  /// - Throws: `FileError` for components beyond 1.
  func directions(_ code: (Float) -> Float, isKnown: (_ vector: SIMD3<Float>, _ pixel: Int) -> Bool) throws -> DenseMap
  {
    var (map, known) = (numbers, [Bool](repeating: true, count: count))
    for pixel in 0..<count {
      var vector = SIMD3<Float>()
      for axis in 0..<3 {
        let value = code(numbers.values[axis * count + pixel])
        guard abs(value) <= 1.001 else {
          throw FileError(url, "holds \(text(value)) at \(place(pixel)), but normals have components from -1 to 1")
        }
        vector[axis] = max(-1, min(1, value))
        map.values[axis * count + pixel] = vector[axis]
      }
      known[pixel] = isKnown(vector, pixel)
    }
    return DenseMap(.directions, map, known: mask(known))
  }

  /// Returns numbers that no change of the image touches.
  ///
  /// - Parameter value: what a stored number of a channel stands for; nil where it is unknown.
  func quantities(_ value: (_ number: Float, _ channel: Int) -> Float?) -> DenseMap {
    var (map, known) = (numbers, [Bool](repeating: true, count: numbers.values.count))
    for index in numbers.values.indices {
      let decoded = value(numbers.values[index], index / count)
      map.values[index] = decoded ?? 0
      known[index] = decoded != nil
    }
    return DenseMap(
      .quantities, map,
      known: PixelMask(channels: numbers.channels, height: numbers.height, width: numbers.width, values: known))
  }

  private func mask(_ known: [Bool]) -> PixelMask {
    PixelMask(height: numbers.height, width: numbers.width, values: known)
  }

  private func place(_ pixel: Int) -> String { "row \(pixel / numbers.width), column \(pixel % numbers.width)" }

  private func text(_ number: Float) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}

extension PixelFile {
  /// What a byte stands for in files of normals: 2p / 255 − 1.
  static func normal(ofByte number: Float) -> Float { 2 * number / 255 - 1 }
}
