import Support
import Torch

/// Element by element the mean of the tasks' gradients without the largest and the smallest ones.
///
/// A sort of K numbers for each element; nothing of it can be said in weights of whole gradients. In a step of less than
/// 2b + 1 tasks, as many are left out as leave one.
///
/// - Source: Yin et al., *Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates*, ICML 2018,
///   definition 2.
public struct TrimmedMean: ElementwiseAggregator {
  /// How many of the largest and how many of the smallest numbers are left out, b.
  public let trim: Int

  static let trims = 0...1_000_000

  /// What is sorted at once, in elements of the direction.
  private static let length = 1 << 18

  /// - Parameter trim: how many of the largest and how many of the smallest numbers are left out, at least 0.
  public init(trim: Int = 1) {
    require(Self.trims.contains(trim), "TrimmedMean: trim is \(trim), but has to be at least 0")
    self.trim = trim
  }

  /// Writes the direction that takes the gradient's place.
  public func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) {
    let count = gradients.taskCount
    let trim = min(trim, (count - 1) / 2)
    withoutGradients {
      for columns in (0..<gradients.width).pieces(of: Self.length) {
        let sorted = gradients.rows(in: columns).sorted(axis: 0).values
        let kept = sorted.narrowed(axis: 0, from: trim, count: count - 2 * trim)
        direction[columns].copy(from: kept.mean(axes: [0]))
      }
    }
  }

  /// The gradient itself.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension TrimmedMean {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "trimmed-mean", summary: "The mean of every element without the largest and the smallest gradients.",
    paper: "Yin et al., Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates, ICML 2018",
    parameters: [
      MethodParameter(
        "trim", .integer(trims), default: nil,
        "how many of the largest and of the smallest numbers are left out; 1 when left out, 0 for fewer than three tasks"
      )
    ]
  ) { settings in
    let (trim, count) = (settings.optionalInteger("trim"), settings.tasks.count)
    if let trim, count < 2 * trim + 1 {
      throw MethodError(
        "trimmed-mean: trim is \(trim), which needs at least \(2 * trim + 1) tasks, but there are \(count)")
    }
    return TrimmedMean(trim: trim ?? min(1, (count - 1) / 2))
  }
}
