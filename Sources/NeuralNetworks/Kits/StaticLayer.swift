import Support
import Torch

/// What remains of a gated layer when its gates are fixed: for each task a copy with some of the output channels, and a
/// shared copy with some.
final class StaticLayer: StreamLayer {
  private let layout: StaticLayout.Layer
  private let own: [(any Layer)?]
  private let shared: (any Layer)?
  private let mix: StaticMix
  private let axis: ChannelAxis
  /// For each task, the positions of its channels among those that the copies compute, one copy after another.
  private let sources: [[Int]?]

  /// - Parameters:
  ///   - channels: the number of output channels of the whole layer.
  ///   - mixPath: where the weights of mixes are registered.
  ///   - make: registers a copy with some number of outputs: of a task, or the shared one if it is nil.
  init(
    _ layout: StaticLayout.Layer, channels: Int, axis: ChannelAxis, mixPath: ParameterPath,
    _ make: (_ task: Int?, _ outputs: Int) -> any Layer
  ) {
    self.layout = layout
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
    sources = layout.own.indices.map { task in
      guard layout.streams[task] else { return nil }
      return (0..<channels).map { ownPositions[task][$0] ?? sharedPositions[$0]! }
    }
  }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    let read = input.packed(count: own.count, axis: axis)
    var outputs = own.indices.compactMap { task in own[task].map { $0(read.stream(task), context) } }
    if let shared { outputs.append(shared(mix(read), context)) }
    guard !outputs.isEmpty else {
      return Streams(PackedStreams(read.values.selectingChannels([], axis), sources: sources, axis: axis))
    }
    let values = outputs.count == 1 ? outputs[0] : .concatenated(outputs, axis: axis.index(in: outputs[0]))
    return Streams(PackedStreams(values, sources: sources, axis: axis))
  }
}

/// The weighted mean of the tasks' streams, of which only the different channels count, each with the sum of its tasks'
/// weights.
private struct StaticMix {
  private let channels: [StaticLayout.MixedChannel]
  private let axis: ChannelAxis
  /// A weight for each different channel of each mixed channel, in order; nil if no channel is mixed.
  private let weights: Parameter?

  init(_ path: ParameterPath, _ channels: [StaticLayout.MixedChannel], taskCount: Int, axis: ChannelAxis) {
    self.channels = channels
    self.axis = axis
    let count = channels.reduce(0) { $0 + $1.termCount }
    weights =
      count == 0 ? nil : path.parameter("weight", [count], .constant(1 / Double(taskCount)))
  }

  func callAsFunction(_ input: PackedStreams) -> Tensor {
    let first = input.stream(0)
    guard let weights else { return first }
    // Term by term: the channels that have so many, and where their weights and values lie.
    var sum = first
    var offsets: [Int] = []
    var offset = 0
    for channel in channels {
      offsets.append(offset)
      offset += channel.termCount
    }
    let index = axis.index(in: first)
    let mixed = Tensor(channels.map(\.channel), shape: [channels.count]).to(first.device)
    var mean: Tensor?
    for term in 0..<(channels.map(\.termCount).max() ?? 0) {
      let having = channels.indices.filter { channels[$0].termCount > term }
      let positions = having.map { number in
        let task = channels[number].classes.firstIndex(of: term)!
        return input.sources[task]![channels[number].channel]
      }
      let weight = weights.value.selecting(
        Tensor(having.map { offsets[$0] + term }, shape: [having.count]).to(first.device))
      let values = input.values.selectingChannels(positions, axis)
      let product = values * axis.shaped(weight.to(values.dtype), like: values)
      if let known = mean {
        mean =
          having.count == channels.count
          ? known + product
          : known.addingAtIndices(Tensor(having, shape: [having.count]).to(first.device), axis: index, product)
      } else {
        mean = product
      }
    }
    sum = sum.replacingAtIndices(mixed, axis: index, mean!)
    return sum
  }
}
