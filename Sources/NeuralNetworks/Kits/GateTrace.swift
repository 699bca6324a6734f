import Torch

/// The layers of a gated network as one forward pass meets them: which streams each of them reads, and where these come
/// from. What is computed in the pass does not matter.
///
/// The trace belongs to the thread of the pass.
public final class GateTrace: @unchecked Sendable {
  /// A gated layer, and what it reads.
  struct Entry {
    let name: String
    /// Whether each task takes its own channel, by task and channel.
    let pattern: [[Bool]]
    /// For each task, its input's channels as positions of different ones; nil if the input is the image.
    let sources: [[Int]]?
    /// For each task, the numbers of the layers from whose outputs its input was computed.
    let origins: [Set<Int>]
  }

  /// In the order of the pass.
  private(set) var entries: [Entry] = []

  /// Creates a trace of no layer.
  public init() {}

  /// Adds a layer, and returns streams in which every candidate, the tasks' own and the shared one, has channels of its
  /// own.
  ///
  /// - Parameter run: computes a candidate of the layer's output.
  func add(_ layer: GatedLayer, _ input: Streams, axis: ChannelAxis, _ run: (Tensor) -> Tensor) -> Streams {
    let pattern = layer.pattern()
    let number = entries.count
    let read = input.shared == nil ? input.packed(count: pattern.count, axis: axis) : nil
    entries.append(
      Entry(
        name: layer.name, pattern: pattern, sources: read.map { $0.sources.map { $0! } },
        origins: read?.origins ?? pattern.map { _ in [] }))
    let candidate = run(read?.stream(0) ?? input.shared!)
    let channels = pattern[0].count
    let values = Tensor.concatenated(
      [Tensor](repeating: candidate, count: pattern.count + 1), axis: axis.index(in: candidate))
    return Streams(
      PackedStreams(
        values,
        sources: ChannelSources(
          pattern.enumerated().map { task, own in
            own.indices.map { (own[$0] ? task : pattern.count) * channels + $0 }
          }),
        origins: pattern.map { _ in [number] }, axis: axis))
  }
}
