import Foundation
import NeuralNetworks
import Support
import Torch

/// The angles between predicted and true normals, in degrees, over all known pixels.
///
/// Every angle is kept, eight bytes for each pixel, so that the median is exact.
///
/// - Source: Fouhey et al., *Data-Driven 3D Primitives*, ICCV 2013. Angles by `2 atan2(|p − g|, |p + g|)`, which is
///   accurate at both ends; a prediction of length zero counts as 90°.
public struct NormalsMetric: TaskMetric {
  private var angles: [Double] = []

  /// Creates a metric that has seen nothing yet.
  public init() {}

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: vectors of any length, batch × 3 × height × width.
  ///   - target: the true unit normals, of the same shape.
  public mutating func add(prediction: Tensor, target: Labels) {
    let axes = [0, 2, 3, 1]
    add(
      prediction: prediction.permuted(axes).array(of: Double.self),
      truth: target.values.permuted(axes).array(of: Double.self),
      known: target.known?.expanded(target.values.shape).permuted(axes).array())
  }

  /// Adds some pixels.
  ///
  /// - Parameters:
  ///   - prediction: the predicted vectors, three numbers for each pixel in turn.
  ///   - truth: the true normals, three numbers for each pixel in turn.
  ///   - known: whether each number of the truth is known; a pixel counts if all three of its numbers are. It is nil if
  ///     all numbers are known.
  public mutating func add(prediction: [Double], truth: [Double], known: [Bool]? = nil) {
    require(prediction.count == truth.count, "\(prediction.count) components for \(truth.count)")
    for start in stride(from: 0, to: truth.count, by: 3) {
      if let known, !(known[start] && known[start + 1] && known[start + 2]) { continue }
      let g = SIMD3(truth[start], truth[start + 1], truth[start + 2])
      let p = SIMD3(prediction[start], prediction[start + 1], prediction[start + 2])
      angles.append(Self.angle(p, g))
    }
  }

  private static func angle(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let (lengthA, lengthB) = ((a * a).sum().squareRoot(), (b * b).sum().squareRoot())
    guard lengthA > 1e-12, lengthB > 1e-12 else { return 90 }
    let (p, g) = (a / lengthA, b / lengthB)
    let (difference, sum) = (p - g, p + g)
    return 2 * atan2((difference * difference).sum().squareRoot(), (sum * sum).sum().squareRoot()) * 180 / .pi
  }

  /// The mean error, the median and the root of the mean square in degrees, and the percentage of pixels within 11.25°,
  /// 22.5° and 30°.
  public var results: [MetricResult] {
    let count = angles.count
    func percentage(below limit: Double) -> Double { 100 * Double(angles.count { $0 < limit }).over(count) }
    return [
      MetricResult("mean", angles.reduce(0, +).over(count), .lowerIsBetter),
      MetricResult("median", median, .lowerIsBetter),
      MetricResult("rmse", angles.reduce(0) { $0 + $1 * $1 }.over(count).squareRoot(), .lowerIsBetter),
      MetricResult("11.25°", percentage(below: 11.25), .higherIsBetter),
      MetricResult("22.5°", percentage(below: 22.5), .higherIsBetter),
      MetricResult("30°", percentage(below: 30), .higherIsBetter),
    ]
  }

  /// The median of the angles: the mean of the two middle ones if their number is even.
  private var median: Double {
    guard !angles.isEmpty else { return 0 }
    let sorted = angles.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
