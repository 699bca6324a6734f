import MultitaskLearning

/// Every task's gradient counts with the same length.
public struct UnitGradients: GramianWeighting {
  public init() {}

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> [Double] {
    gramian.tasks.map { gramian.norm($0) > 0 ? 1 / gramian.norm($0) : 0 }
  }
}

extension UnitGradients {
  public static let entry = MethodEntry<any GradientAggregator>(
    "unit", summary: "Gives every gradient the same length.", paper: "not published"
  ) { _ in UnitGradients() }
}
