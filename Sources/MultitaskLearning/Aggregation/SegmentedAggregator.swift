import Torch

/// An aggregator that tells parts of the network from each other: it needs inner products within ranges of parameters.
public protocol SegmentedAggregator: GradientAggregator {
  /// Writes the direction that takes the gradient's place.
  ///
  /// - Parameters:
  ///   - gradients: G, whose rows are the gradients of the weighted losses, K×d.
  ///   - direction: d elements.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Throws: ``MethodError`` if the method has no answer; ``NoDirectionError`` if no direction helps all tasks.
  mutating func writeDirection(
    ofSegments gradients: any SegmentedGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws
}

extension SegmentedAggregator {
  /// The inner products within ranges of parameters.
  public var need: GradientNeed { .segments }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    guard let segmented = gradients.segmented else {
      throw tooLittle("\(type(of: gradients)), which knows the inner products of whole gradients alone")
    }
    try writeDirection(ofSegments: segmented, into: direction, &context)
  }
}
