import MultitaskLearning
import Support

/// Every task's gradient counts with the same length.
public struct UnitGradients: GramianAggregator {
  public init() {}

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    Vector(gramian.norms.map { $0 > 0 ? 1 / $0 : 0 })
  }
}

extension UnitGradients {
  public static let entry = MethodEntry<any GradientAggregator>(
    "unit", summary: "Gives every gradient the same length.", paper: "not published"
  ) { _ in UnitGradients() }
}
