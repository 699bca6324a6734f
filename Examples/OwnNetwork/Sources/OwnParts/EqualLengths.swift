import MultitaskLearning
import Support

/// An aggregator: every task's gradient counts with the same length.
public struct EqualLengths: GramianAggregator {
  public init() {}

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    Vector(gramian.norms.map { $0 > 0 ? 1 / $0 : 0 })
  }

  public static let entry = MethodEntry<any GradientAggregator>(
    "equal-lengths", summary: "Gives every gradient the same length.", paper: "an example"
  ) { _ in EqualLengths() }
}
