import Torch

/// A function of streams with parameters of its own, some of which may differ between tasks.
public protocol StreamLayer {
  /// - Parameter input: the streams of the context's tasks.
  /// - Returns: streams of the same tasks; they part where the layer differs between tasks.
  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams
}

/// A layer that is the same for all tasks.
public struct SharedLayer: StreamLayer {
  private let layer: any Layer

  public init(_ layer: any Layer) { self.layer = layer }

  public func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    input.map { layer($0, context) }
  }
}
