import Support
import Torch

/// An aggregator that chooses K weights for each of several parts of the network, from the inner products there.
public protocol LocalGramianAggregator: SegmentedAggregator {
  /// The parts: the whole model, its layers, or its tensors.
  var granularity: Granularity { get }

  /// The weights of the rows in each part, from their inner products there.
  ///
  /// - Parameters:
  ///   - gramians: K×K for each part.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Returns: K weights for each part.
  /// - Throws: ``MethodError`` if the method has no answer; ``NoDirectionError`` if no direction helps all tasks.
  mutating func weights(for gramians: [Gramian], _ context: inout AggregationContext) throws -> [Vector]
}

extension LocalGramianAggregator {
  /// The inner products within the parts; of a single part, those of whole gradients.
  public var need: GradientNeed { granularity == .model ? .gramian : .segments }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    if granularity == .model {
      return gradients.combine(try weights(forInnerProducts: gradients.gramian, &context), into: direction)
    }
    guard let segmented = gradients.segmented else {
      throw tooLittle("\(type(of: gradients)), which knows the inner products of whole gradients alone")
    }
    try writeDirection(ofSegments: segmented, into: direction, &context)
  }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    ofSegments gradients: any SegmentedGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    let ranges = granularity.ranges(of: gradients)
    let weights = try weights(for: gradients.gramians(of: ranges), &context)
    gradients.combine(weights, over: ranges, into: direction)
  }

  /// The weights of the rows, from their inner products alone.
  public mutating func weights(
    forInnerProducts gramian: Gramian, _ context: inout AggregationContext
  ) throws -> Vector {
    guard granularity == .model else { throw tooLittle("the inner products of whole gradients alone") }
    return try weights(for: [gramian], &context)[0]
  }

  /// The weights for gradients of all tasks.
  ///
  /// - Parameters:
  ///   - gramians: K×K for each part.
  ///   - losses: K numbers; defaults to an empty list, for aggregators that do not look at losses.
  ///   - generator: where random numbers come from.
  /// - Returns: K weights for each part.
  /// - Throws: as ``weights(for:_:)``.
  public mutating func weights(
    for gramians: [Gramian], losses: [Double] = [], using generator: inout SeededGenerator
  ) throws -> [Vector] {
    var context = AggregationContext(taskCount: gramians[0].taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    return try weights(for: gramians, &context)
  }
}
