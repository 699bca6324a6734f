import Torch

/// An aggregator that looks at single elements of the gradients.
public protocol ElementwiseAggregator: GradientAggregator {
  /// Writes the direction that takes the gradient's place.
  ///
  /// - Parameters:
  ///   - gradients: G, whose rows are the gradients of the weighted losses, K×d.
  ///   - direction: d elements.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Throws: ``MethodError`` if the method has no answer; ``NoDirectionError`` if no direction helps all tasks.
  mutating func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws
}

extension ElementwiseAggregator {
  /// The single elements.
  public var need: GradientNeed { .elements }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    guard let elementwise = gradients.elementwise else {
      throw tooLittle("\(type(of: gradients)), which does not show them")
    }
    try writeDirection(ofElements: elementwise, into: direction, &context)
  }
}
