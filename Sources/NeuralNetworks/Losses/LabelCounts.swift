import Torch

/// How many labels a batch has for a task, over which the task's loss is a mean.
public struct LabelCounts: Sendable, Equatable {
  /// The number of known labels.
  public var known: Double
  /// The number of known labels of the positive class; zero for a loss that weighs no classes.
  public var positive: Double

  /// Creates counts of labels.
  public init(known: Double, positive: Double = 0) {
    self.known = known
    self.positive = positive
  }

  /// Counts where masks are true.
  ///
  /// - Parameters:
  ///   - known: nil if all labels are known.
  ///   - count: of all labels.
  ///   - positive: true at labels that are known and of the positive class.
  init(known: Tensor?, of count: Int, positive: Tensor? = nil) {
    func trueCount(_ mask: Tensor) -> Double { mask.sum(dtype: .float64).item }
    self = withoutGradients {
      LabelCounts(known: known.map(trueCount) ?? Double(count), positive: positive.map(trueCount) ?? 0)
    }
  }

  /// The fraction of the known labels that are not of the positive class; zero if nothing is known.
  public var negativeFraction: Double { (known - positive) / max(1, known) }

  /// Returns the counts of two parts of a batch together.
  public static func + (a: LabelCounts, b: LabelCounts) -> LabelCounts {
    LabelCounts(known: a.known + b.known, positive: a.positive + b.positive)
  }
}
