import NeuralNetworks
import Torch

/// What the columns of G belong to: the parameters of a vector, or maps of features.
struct GradientLayout {
  private let dtype: DType
  let width: Int
  let segments: [GradientSegment]
  let shapes: [[Int]]

  /// Of those parameters that are trained.
  init(of vector: ParameterVector) {
    dtype = vector.values.dtype
    width = vector.count
    segments = vector.trainedIndices.map {
      GradientSegment(name: vector.parameters[$0].name, columns: vector.elements[$0])
    }
    shapes = vector.trainedParameters.map(\.shape)
  }

  init(of features: [Tensor]) {
    dtype = features[0].dtype.ofGradients
    var width = 0
    segments = features.enumerated().map { index, feature in
      defer { width += feature.count }
      return GradientSegment(name: "features.\(index)", columns: width..<(width + feature.count))
    }
    self.width = width
    shapes = features.map(\.shape)
  }

  /// Gradients as they came, in the dtype that they are computed with.
  func converted(_ row: [Tensor]) -> [Tensor] { row.map { $0.to(dtype) } }

  /// The parts of a vector of this layout, in the shapes of what it is the gradient of.
  func views(of vector: Tensor) -> [Tensor] {
    zip(segments, shapes).map { segment, shape in
      vector.narrowed(axis: 0, from: segment.columns.lowerBound, count: segment.columns.count).viewed(shape)
    }
  }

  /// G, of each task's gradients by segment, one at least.
  func gradients(_ rows: [[Tensor]]) -> DenseTaskGradients {
    let blocks = segments.indices.map { index in
      GradientBlock(columns: segments[index].columns, rows: rows.map { $0[index] })
    }
    return DenseTaskGradients(blocks: blocks, width: width, segments: segments)
  }
}

extension DType {
  /// Features may be in half precision; what is computed with their gradients is not.
  fileprivate var ofGradients: DType { self == .float64 ? .float64 : .float32 }
}
