import NeuralNetworks
import Torch

/// What the columns of G belong to: the parameters of a vector, or maps of features.
struct GradientLayout {
  let width: Int
  let segments: [GradientSegment]
  let shapes: [[Int]]

  init(of vector: ParameterVector) {
    width = vector.count
    segments = vector.parameters.map { GradientSegment(name: $0.name, columns: vector.range(of: $0)!) }
    shapes = vector.parameters.map(\.shape)
  }

  init(of features: [Tensor]) {
    var width = 0
    segments = features.enumerated().map { index, feature in
      defer { width += feature.count }
      return GradientSegment(name: "features.\(index)", columns: width..<(width + feature.count))
    }
    self.width = width
    shapes = features.map(\.shape)
  }

  /// The parts of a vector of this layout, in the shapes of what it is the gradient of.
  func views(of vector: Tensor) -> [Tensor] {
    zip(segments, shapes).map { segment, shape in
      vector.narrowed(axis: 0, from: segment.columns.lowerBound, count: segment.columns.count).viewed(shape)
    }
  }

  /// G, of each task's gradients by segment.
  func gradients(_ rows: [[Tensor]]) -> DenseTaskGradients {
    DenseTaskGradients(
      blocks: segments.indices.map { index in
        GradientBlock(columns: segments[index].columns, rows: rows.map { $0[index] })
      }, width: width, segments: segments)
  }
}
