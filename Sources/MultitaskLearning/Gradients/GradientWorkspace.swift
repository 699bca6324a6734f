import NeuralNetworks
import Torch

/// Memory for gradients, kept from step to step.
final class GradientWorkspace {
  private var vectors: [Owner: (layout: ParameterVector, gradient: Tensor, views: [Tensor])] = [:]
  private var parameterRows: (layout: ParameterVector, rows: TaskRows)?
  private var featureRows: TaskRows?

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

  /// G with respect to a vector.
  func rows(of vector: ParameterVector, taskCount: Int) -> TaskRows {
    if let parameterRows, parameterRows.layout === vector, parameterRows.rows.taskCount >= taskCount {
      return parameterRows.rows.first(taskCount)
    }
    let rows = TaskRows(
      width: vector.count, taskCount: taskCount, like: vector.values,
      segments: vector.parameters.map { GradientSegment(name: $0.name, columns: vector.range(of: $0)!) },
      shapes: vector.parameters.map(\.shape))
    parameterRows = (vector, rows)
    return rows
  }

  /// G with respect to features.
  func rows(of features: [Tensor], taskCount: Int) -> TaskRows {
    let shapes = features.map(\.shape)
    if let featureRows, featureRows.shapes == shapes, featureRows.taskCount == taskCount { return featureRows }
    var width = 0
    let segments = features.enumerated().map { index, feature in
      defer { width += feature.count }
      return GradientSegment(name: "features.\(index)", columns: width..<(width + feature.count))
    }
    let rows = TaskRows(width: width, taskCount: taskCount, like: features[0], segments: segments, shapes: shapes)
    featureRows = rows
    return rows
  }
}

/// The matrix G, with views of each task's row in the shapes of what it is the gradient of.
struct TaskRows {
  let matrix: Tensor
  let segments: [GradientSegment]
  let shapes: [[Int]]
  /// For each task, a view for each segment.
  let views: [[Tensor]]

  init(width: Int, taskCount: Int, like tensor: Tensor, segments: [GradientSegment], shapes: [[Int]]) {
    // Features may be in half precision; what is computed with their gradients is not.
    let dtype: DType = tensor.dtype == .float64 ? .float64 : .float32
    matrix = .zeros([taskCount, width], dtype: dtype, device: tensor.device)
    self.segments = segments
    self.shapes = shapes
    let matrix = matrix
    views = (0..<taskCount).map { Self.views(of: matrix[$0], segments, shapes) }
  }

  private init(matrix: Tensor, segments: [GradientSegment], shapes: [[Int]], views: [[Tensor]]) {
    self.matrix = matrix
    self.segments = segments
    self.shapes = shapes
    self.views = views
  }

  /// The same memory for fewer tasks.
  func first(_ count: Int) -> TaskRows {
    guard count < taskCount else { return self }
    return TaskRows(
      matrix: matrix[0..<count], segments: segments, shapes: shapes, views: Array(views.prefix(count)))
  }

  var taskCount: Int { matrix.shape[0] }
  var gradients: DenseTaskGradients { DenseTaskGradients(rows: matrix, segments: segments) }

  /// The parts of a vector that is laid out like a row.
  func views(of vector: Tensor) -> [Tensor] { Self.views(of: vector, segments, shapes) }

  private static func views(of vector: Tensor, _ segments: [GradientSegment], _ shapes: [[Int]]) -> [Tensor] {
    zip(segments, shapes).map { segment, shape in
      vector.narrowed(axis: 0, from: segment.columns.lowerBound, count: segment.columns.count).viewed(shape)
    }
  }
}
