import NeuralNetworks
import Torch

/// Memory for the gradients that optimizers read, kept from step to step.
final class GradientWorkspace {
  private var vectors: [Reach: (layout: ParameterVector, gradient: Tensor, views: [Tensor])] = [:]

  /// The gradient of one vector, with a view for each parameter.
  func gradient(of vector: ParameterVector) -> (flat: Tensor, views: [Tensor]) {
    if let existing = vectors[vector.reach], existing.layout === vector {
      return (existing.gradient, existing.views)
    }
    let gradient = vector.values.zerosLike()
    let views = vector.views(of: gradient)
    vectors[vector.reach] = (vector, gradient, views)
    return (gradient, views)
  }
}
