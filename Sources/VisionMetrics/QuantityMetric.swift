import Support

/// The errors of predicted quantities, pooled over all known values.
///
/// - Source: the L1 distance and, for curvature, the root of the mean square are how the tasks of Taskonomy are
///   reported.
public struct QuantityMetric: ValueMetric {
  private var count = 0
  private var absolute = 0.0
  private var squares = 0.0

  /// Creates a metric that has seen nothing yet.
  public init() {}

  /// Adds some values.
  ///
  /// - Parameters:
  ///   - prediction: the predicted values.
  ///   - truth: the true values, in the same order.
  ///   - known: whether each true value is known; nil if all of them are.
  public mutating func add(prediction: [Double], truth: [Double], known: [Bool]? = nil) {
    require(prediction.count == truth.count, "\(prediction.count) predictions for \(truth.count) values")
    for index in truth.indices where known?[index] ?? true {
      let (predicted, actual) = (prediction[index], truth[index])
      count += 1
      absolute += abs(predicted - actual)
      squares += (predicted - actual) * (predicted - actual)
    }
  }

  /// The mean absolute error and the root of the mean square.
  public var results: [MetricResult] {
    [
      MetricResult("L1", absolute.over(count), .lowerIsBetter),
      MetricResult("rmse", squares.over(count).squareRoot(), .lowerIsBetter),
    ]
  }
}
