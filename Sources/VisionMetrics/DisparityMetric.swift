import Foundation
import Support

/// The errors of predicted disparities, or of other inverses of distance, in their own unit, pooled over all pixels whose
/// truth is above zero.
///
/// - Source: Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019: the absolute and the relative error
///   that are reported for the depth of Cityscapes.
public struct DisparityMetric: ValueMetric {
  private var count = 0
  private var absolute = 0.0
  private var relative = 0.0
  private var squares = 0.0

  /// Creates a metric that has seen nothing yet.
  public init() {}

  /// Adds some pixels.
  ///
  /// - Parameters:
  ///   - prediction: the predicted disparity of each pixel.
  ///   - truth: the true disparity of each pixel.
  ///   - known: whether the truth of each pixel is known; nil if all of it is.
  public mutating func add(prediction: [Double], truth: [Double], known: [Bool]? = nil) {
    require(prediction.count == truth.count, "\(prediction.count) disparities for \(truth.count) pixels")
    for index in truth.indices where truth[index] > 0 && known?[index] ?? true {
      let difference = abs(truth[index] - prediction[index])
      count += 1
      absolute += difference
      relative += difference / truth[index]
      squares += difference * difference
    }
  }

  /// The mean absolute and relative errors, and the root of the mean squared one.
  public var results: [MetricResult] {
    [
      MetricResult("abs_err", absolute.over(count), .lowerIsBetter),
      MetricResult("rel_err", relative.over(count), .lowerIsBetter),
      MetricResult("rmse", squares.over(count).squareRoot(), .lowerIsBetter),
    ]
  }
}
