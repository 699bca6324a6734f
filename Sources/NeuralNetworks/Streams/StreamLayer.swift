import Torch

/// A function of streams with parameters of its own, some of which may differ between tasks.
public protocol StreamLayer {
  /// Returns the layer's output for each stream.
  ///
  /// - Parameters:
  ///   - input: the streams of the context's tasks.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: streams of the same tasks; they part where the layer differs between tasks.
  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams
}

/// A layer that is the same for all tasks.
public struct SharedLayer: StreamLayer {
  private let layer: any Layer

  /// Creates the layer that applies another one to each stream.
  public init(_ layer: any Layer) { self.layer = layer }

  /// Returns the layer's output for each stream; streams that tasks share stay shared.
  public func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    input.map { layer($0, context) }
  }
}
