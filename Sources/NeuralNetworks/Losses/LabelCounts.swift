import Torch

/// How many labels a batch has for a task, over which the task's loss is a mean.
public struct LabelCounts: Sendable, Equatable {
  /// All that are known.
  public var known: Double
  /// Of the known ones, those of the positive class; zero where a loss has no classes that it weighs.
  public var positive: Double

  public init(known: Double, positive: Double = 0) {
    self.known = known
    self.positive = positive
  }

  /// Counts where a mask is true.
  init(known: Tensor, positive: Tensor? = nil) {
    func count(_ mask: Tensor) -> Double { mask.sum(dtype: .float64).item }
    self = withoutGradients { LabelCounts(known: count(known), positive: positive.map(count) ?? 0) }
  }

  /// The fraction of the known labels that are not of the positive class; zero if nothing is known.
  public var negativeFraction: Double { (known - positive) / max(1, known) }

  /// Of two parts of a batch.
  public static func + (a: LabelCounts, b: LabelCounts) -> LabelCounts {
    LabelCounts(known: a.known + b.known, positive: a.positive + b.positive)
  }
}
