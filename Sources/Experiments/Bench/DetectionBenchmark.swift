import Detection
import Foundation
import NeuralNetworks
import Support
import Torch

/// Operators of object detection that libtorch does not have: the pooling of regions, forward and backward, and the
/// suppression of boxes.
public struct DetectionBenchmark {
  /// The names of what is measured.
  public static let cases = ["RoIAlign forward", "RoIAlign backward", "non-maximum suppression"]

  private let features: Tensor
  private let regions: [RegionOfInterest]
  private let gradient: Tensor
  private let pooling = RoIAlign(size: 7)
  private let suppression = NonMaximumSuppression(threshold: 0.7)
  private let boxes: [BoundingBox]
  private let scores: [Double]
  private let levels: [Int]

  private static let (regionCount, levelCount, boxesPerLevel) = (512, 5, 2000)

  /// Makes a map of 120 × 160 × 256, 512 regions of it, and 2000 boxes on each of five levels, in an image of 480 × 640.
  ///
  /// - Parameter threads: the number of threads of libtorch's kernels.
  public init(threads: Int) {
    Runtime.threadCount = threads
    let generator = RandomGenerator(seed: 1)
    features = generator.normal([1, 256, 120, 160])
    features.requiresGradient = true
    regions = (0..<Self.regionCount).map { RegionOfInterest(image: 0, box: Self.box($0)) }
    gradient = generator.normal([Self.regionCount, 256, 7, 7])
    let count = Self.levelCount * Self.boxesPerLevel
    boxes = (0..<count).map(Self.box)
    scores = (0..<count).map { Self.fraction($0, 0.3660254037844386) }
    levels = (0..<count).map { $0 / Self.boxesPerLevel }
  }

  /// Measures each case once.
  ///
  /// - Returns: the seconds of the cases, in the order of ``cases``.
  public func measure() -> [Double] {
    var (forward, backward, suppressing) = (Timings(), Timings(), Timings())
    var pooled = features
    forward.measure { pooled = pooling(features, regions: regions, scale: 0.25) }
    backward.measure { _ = gradients(of: [pooled], withRespectTo: [features], seeds: [gradient]) }
    suppressing.measure { _ = suppression(boxes, scores: scores, groups: levels) }
    return [forward, backward, suppressing].map(\.median)
  }

  /// A box of an even spread of places and sizes.
  private static func box(_ index: Int) -> BoundingBox {
    let (width, height) = (
      20 + 300 * fraction(index, 0.6180339887498949), 20 + 300 * fraction(index, 0.7548776662466927)
    )
    let (x, y) = (
      (640 - width) * fraction(index, 0.5698402909980532), (480 - height) * fraction(index, 0.8566748838545029)
    )
    return BoundingBox(x, y, x + width, y + height)
  }

  private static func fraction(_ index: Int, _ step: Double) -> Double {
    (Double(index) * step).truncatingRemainder(dividingBy: 1)
  }
}
