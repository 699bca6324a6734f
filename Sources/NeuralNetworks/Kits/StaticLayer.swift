import Support
import Torch

/// What remains of a gated layer when its gates are fixed: for each task a copy with some of the output channels, and a
/// shared copy with some.
final class StaticLayer: StreamLayer {
  private let own: [(any Layer)?]
  private let shared: (any Layer)?
  private let mix: StaticMix
  private let axis: ChannelAxis
  /// For each task, the positions of its channels among those that the copies compute, one copy after another.
  private let sources: ChannelSources

  /// - Parameters:
  ///   - channels: the number of output channels of the whole layer.
  ///   - mixPath: where the weights of mixes are registered.
  ///   - make: registers a copy with some number of outputs: of a task, or the shared one if it is nil.
  init(
    _ layout: StaticLayout.Layer, channels: Int, axis: ChannelAxis, mixPath: ParameterPath,
    _ make: (_ task: Int?, _ outputs: Int) -> any Layer
  ) {
    self.axis = axis
    own = layout.own.indices.map { layout.own[$0].isEmpty ? nil : make($0, layout.own[$0].count) }
    shared = layout.shared.isEmpty ? nil : make(nil, layout.shared.count)
    mix = StaticMix(mixPath, layout.mix, taskCount: layout.own.count, axis: axis)
    var offset = 0
    let ownPositions = layout.own.map { rows in
      defer { offset += rows.count }
      return Dictionary(uniqueKeysWithValues: zip(rows, offset...))
    }
    let sharedPositions = Dictionary(uniqueKeysWithValues: zip(layout.shared, offset...))
    sources = ChannelSources(
      layout.own.indices.map { task in
        guard layout.streams[task] else { return nil }
        return (0..<channels).map { ownPositions[task][$0] ?? sharedPositions[$0]! }
      })
  }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    let read = input.packed(count: own.count, axis: axis)
    var outputs = own.indices.compactMap { task in own[task].map { $0(read.stream(task), context) } }
    if let shared { outputs.append(shared(mix(read), context)) }
    guard !outputs.isEmpty else {
      return Streams(PackedStreams(ChannelSelection([])(read.values, axis), sources: sources, axis: axis))
    }
    let values = outputs.count == 1 ? outputs[0] : .concatenated(outputs, axis: axis.index(in: outputs[0]))
    return Streams(PackedStreams(values, sources: sources, axis: axis))
  }
}
