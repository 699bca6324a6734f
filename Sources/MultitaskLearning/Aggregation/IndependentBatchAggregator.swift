import Support
import Torch

/// An aggregator that multiplies gradients of independent batches, so that the noise of one batch is not multiplied with
/// itself: it chooses K weights from the products of the first batch's gradients with the second's.
///
/// A step takes as many batches as it says. Of two batches, the direction is `½ (J₁ + J₂)ᵀ w`; of three, `J₃ᵀ w`. Tasks' own
/// parameters follow the mean of their losses over all batches. Handed one matrix, the aggregator takes it for each batch.
///
/// ``weights(forProducts:_:)`` and ``GradientAggregator/batchCount`` are what it has to implement.
public protocol IndependentBatchAggregator: GradientAggregator {
  /// The weights of the rows.
  ///
  /// - Parameters:
  ///   - products: of the first batch's gradients with the second's, K×K.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Returns: K weights w.
  mutating func weights(forProducts products: CrossProducts, _ context: inout AggregationContext) -> Vector
}

extension IndependentBatchAggregator {
  /// The products of gradients of independent batches.
  public var need: GradientNeed { .independentBatches }
  /// Weights move from step to step.
  public var remembersGradients: Bool { true }

  /// Writes the direction that takes the gradient's place, as if all batches had the same gradients.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    gradients.combine(weights(forProducts: CrossProducts(gradients.gramian), &context), into: direction)
  }

  /// The weights of the rows, as if all batches had the same gradients.
  public mutating func weights(
    forInnerProducts gramian: Gramian, _ context: inout AggregationContext
  ) throws -> Vector {
    weights(forProducts: CrossProducts(gramian), &context)
  }

  /// The weights of the rows of independent batches.
  public mutating func weights(
    forIndependentBatches products: CrossProducts, _ context: inout AggregationContext
  ) throws -> Vector {
    weights(forProducts: products, &context)
  }
}
