import Foundation
import Support

/// The errors of predicted depths, pooled over all known pixels.
///
/// - Source: Eigen et al., *Depth Map Prediction from a Single Image*, NeurIPS 2014, section 4.3; predictions that
///   are not positive become 1e-9 meters.
public struct DepthMetric: ValueMetric {
  private var count = 0
  private var squares = 0.0
  private var logSquares = 0.0
  private var relative = 0.0
  private var relativeSquares = 0.0
  private var absolute = 0.0
  private var within = [0, 0, 0]

  /// Creates a metric that has seen nothing yet.
  public init() {}

  /// Adds some pixels.
  ///
  /// - Parameters:
  ///   - prediction: the predicted depth of each pixel, in meters.
  ///   - truth: the true depth of each pixel, in meters.
  ///   - known: whether the truth of each pixel is known; nil if all of it is.
  public mutating func add(prediction: [Double], truth: [Double], known: [Bool]? = nil) {
    require(prediction.count == truth.count, "\(prediction.count) depths for \(truth.count) pixels")
    for index in truth.indices where known?[index] ?? true {
      let (predicted, true_) = (prediction[index], truth[index])
      let p = predicted <= 0 ? 1e-9 : predicted
      let difference = true_ - p
      let ratio = max(true_ / p, p / true_)
      let logarithm = log(true_) - log(p)
      count += 1
      squares += difference * difference
      logSquares += logarithm * logarithm
      relative += abs(difference) / true_
      relativeSquares += difference * difference / true_
      absolute += abs(difference)
      var limit = 1.25
      for index in 0..<3 {
        if ratio < limit { within[index] += 1 }
        limit *= 1.25
      }
    }
  }

  /// The errors in meters, relative to the true depth or of logarithms, and the fractions of pixels whose depth is
  /// within a ratio of 1.25, 1.25² and 1.25³ of the truth.
  public var results: [MetricResult] {
    [
      MetricResult("rmse", squares.over(count).squareRoot(), .lowerIsBetter),
      MetricResult("abs_rel", relative.over(count), .lowerIsBetter),
      MetricResult("sq_rel", relativeSquares.over(count), .lowerIsBetter),
      MetricResult("abs_err", absolute.over(count), .lowerIsBetter),
      MetricResult("log_rmse", logSquares.over(count).squareRoot(), .lowerIsBetter),
      MetricResult("δ1", Double(within[0]).over(count), .higherIsBetter),
      MetricResult("δ2", Double(within[1]).over(count), .higherIsBetter),
      MetricResult("δ3", Double(within[2]).over(count), .higherIsBetter),
    ]
  }
}
