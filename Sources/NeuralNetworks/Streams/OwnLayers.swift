import Torch

/// A layer of which each task has one of its own.
struct OwnLayers: StreamLayer {
  /// For each task; nil if the task's stream goes no further.
  private let layers: [(any Layer)?]

  init(_ layers: [(any Layer)?]) { self.layers = layers }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    input.mapTasks(count: layers.count) { task, stream in layers[task].map { $0(stream, context) } }
  }
}
