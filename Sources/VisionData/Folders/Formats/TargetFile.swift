import Foundation
import Support

/// The numbers of a file with ground truth, as they are stored.
struct TargetFile {
  let url: URL
  let task: VisionTask
  /// What 255 means in a mask that holds no 1.
  let unclearMasks: UnclearMaskReading
  /// The units of depth in a meter.
  let depthUnits: Float
  /// The stored numbers, channels × height × width.
  let numbers: PixelMap

  /// A map of numbers made from the stored ones.
  ///
  /// - Parameters:
  ///   - content: what the map's numbers mean.
  ///   - channels: the number of the map's channels; the file may have more.
  ///   - value: the value that a stored number stands for; nil if the number says that nothing is known.
  func map(_ content: MapContent, channels: Int = 1, _ value: (Float) -> Float?) -> DenseMap {
    let count = channels * numbers.height * numbers.width
    var values = [Float](repeating: 0, count: count)
    var known = [Bool](repeating: true, count: count)
    numbers.values.withUnsafeBufferPointer { stored in
      values.withUnsafeMutableBufferPointer { values in
        known.withUnsafeMutableBufferPointer { known in
          for index in 0..<count {
            if let value = value(stored[index]) { values[index] = value } else { known[index] = false }
          }
        }
      }
    }
    return DenseMap(
      content, PixelMap(channels: channels, height: numbers.height, width: numbers.width, values: values),
      known: PixelMask(channels: channels, height: numbers.height, width: numbers.width, values: known))
  }

  /// The number that stands in files of labels where nothing is known.
  static let unknownLabel: Float = 255

  /// The stored numbers as labels; 255 says that nothing is known.
  func labels(_ content: MapContent) -> DenseMap { map(content) { $0 == Self.unknownLabel ? nil : $0 } }

  /// The stored numbers as labels of two values, once it is settled what 255 means.
  func mask(_ content: MapContent) throws -> DenseMap {
    guard numbers.values.contains(Self.unknownLabel), !numbers.values.contains(1) else { return labels(content) }
    switch unclearMasks {
    case .unknown: return labels(content)
    case .foreground: return map(content) { $0 == Self.unknownLabel ? 1 : $0 }
    case .refused:
      let content = numbers.values.contains(0) ? "0 and 255 alone" : "255 alone"
      throw FileError(
        url,
        "holds \(content): is 255 the foreground, or is nothing known there? data.unclearMasks has to be 'foreground' or 'unknown'"
      )
    }
  }
}
