import Support

/// A mean over seeds, and the standard deviation of a sample.
public struct Statistic: Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The standard deviation of a sample, with n − 1 in the denominator; nil for a single value.
  public let deviation: Double?

  init(mean: Double, deviation: Double?) {
    self.mean = mean
    self.deviation = deviation
  }

  /// Creates the statistic of some values; nil if there are none.
  public init?(_ values: [Double]) {
    guard let mean = values.mean else { return nil }
    let count = Double(values.count)
    self.mean = mean
    deviation = count > 1 ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot() : nil
  }
}
