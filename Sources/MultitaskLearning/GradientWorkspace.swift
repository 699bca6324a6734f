import NeuralNetworks
import Torch

/// Memory for gradients, kept from step to step.
final class GradientWorkspace {
  private var vectors: [Owner: (layout: ParameterVector, gradient: Tensor, views: [Tensor])] = [:]
  private var rows: (layout: ParameterVector, matrix: Tensor, views: [[Tensor]])?

  /// The gradient of one owner's vector, with a view for each parameter.
  func gradient(of vector: ParameterVector) -> (flat: Tensor, views: [Tensor]) {
    if let existing = vectors[vector.owner], existing.layout === vector {
      return (existing.gradient, existing.views)
    }
    let gradient = vector.values.zerosLike()
    let views = vector.views(of: gradient)
    vectors[vector.owner] = (vector, gradient, views)
    return (gradient, views)
  }

  /// G for a vector, with a view for each task and parameter.
  func taskGradients(of vector: ParameterVector, taskCount: Int) -> (matrix: Tensor, views: [[Tensor]]) {
    if let rows, rows.layout === vector, rows.matrix.shape[0] == taskCount { return (rows.matrix, rows.views) }
    let matrix = Tensor.zeros([taskCount, vector.count], dtype: vector.values.dtype, device: vector.values.device)
    let views = (0..<taskCount).map { vector.views(of: matrix[$0]) }
    rows = (vector, matrix, views)
    return (matrix, views)
  }
}
