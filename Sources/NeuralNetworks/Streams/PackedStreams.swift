import Support
import Torch

/// The streams of tasks that have some channels in common: every different channel once, and for each task those of which
/// its stream consists.
///
/// Functions of single channels, such as activations and pooling, are computed once for each different channel.
public struct PackedStreams {
  /// Every different channel, side by side along the axis of channels.
  public let values: Tensor
  /// For each task, the positions of its channels in ``values``; nil for a stream that does not exist because nothing
  /// asks for it.
  public let sources: [[Int]?]
  /// For each task, the numbers of the gated layers from whose outputs its stream was computed since; empty outside of
  /// a ``GateTrace``.
  let origins: [Set<Int>]
  /// Where the channels lie.
  public let axis: ChannelAxis

  init(_ values: Tensor, sources: [[Int]?], origins: [Set<Int>]? = nil, axis: ChannelAxis) {
    self.values = values
    self.sources = sources
    self.origins = origins ?? sources.map { _ in [] }
    self.axis = axis
  }

  /// Creates streams that have no channel in common; nil for those that do not exist.
  init(_ streams: [Tensor?], origins: [Set<Int>]? = nil, axis: ChannelAxis) {
    let existing = streams.compactMap { $0 }
    require(!existing.isEmpty, "there has to be a stream for at least one task")
    let index = axis.index(in: existing[0])
    var offset = 0
    let sources = streams.map { stream -> [Int]? in
      guard let stream else { return nil }
      defer { offset += stream.shape[index] }
      return Array(offset..<offset + stream.shape[index])
    }
    self.init(.concatenated(existing, axis: index), sources: sources, origins: origins, axis: axis)
  }

  /// Whether the streams are those of a ``GateTrace``, of which only where they come from matters.
  var isTraced: Bool { origins.contains { !$0.isEmpty } }

  /// Returns a task's stream; one that does not exist stops the process.
  func stream(_ task: Int) -> Tensor {
    guard let own = sources[task] else { fatalError("the stream of task \(task) was pruned: nothing asks for it") }
    return values.selectingChannels(own, axis)
  }

  /// Returns the results of a function of single channels.
  ///
  /// - Parameters:
  ///   - newAxis: where the channels lie afterwards; nil if they stay where they are.
  ///   - body: a function of single channels.
  func map(to newAxis: ChannelAxis? = nil, _ body: (Tensor) -> Tensor) -> PackedStreams {
    // Nothing is computed for streams that nothing asks for.
    guard values.count > 0 else { return self }
    return PackedStreams(body(values), sources: sources, origins: origins, axis: newAxis ?? axis)
  }

  /// Returns the results of a function of several streams that treats every channel by itself: once for each different
  /// combination of channels.
  static func combined(_ streams: [PackedStreams], _ body: ([Tensor]) -> Tensor) -> PackedStreams {
    let first = streams[0]
    var positions: [[Int]: Int] = [:]
    var combinations: [[Int]] = []
    let sources = first.sources.indices.map { task -> [Int]? in
      let own = streams.compactMap { $0.sources[task] }
      guard own.count == streams.count else { return nil }
      return own[0].indices.map { channel in
        let combination = own.map { $0[channel] }
        if let known = positions[combination] { return known }
        positions[combination] = combinations.count
        combinations.append(combination)
        return combinations.count - 1
      }
    }
    let origins = first.origins.indices.map { task in
      streams.reduce(into: Set<Int>()) { $0.formUnion($1.origins[task]) }
    }
    let values = streams.indices.map { operand in
      streams[operand].values.selectingChannels(combinations.map { $0[operand] }, first.axis)
    }
    return PackedStreams(
      combinations.isEmpty ? values[0] : body(values), sources: sources, origins: origins, axis: first.axis)
  }
}

extension Streams {
  /// The streams by their different channels.
  ///
  /// - Parameters:
  ///   - count: the number of tasks.
  ///   - axis: where the channels lie.
  func packed(count: Int, axis: ChannelAxis) -> PackedStreams {
    if let packed { return packed }
    if let shared {
      let channels = Array(0..<shared.shape[axis.index(in: shared)])
      return PackedStreams(shared, sources: [[Int]?](repeating: channels, count: count), axis: axis)
    }
    return PackedStreams(streams(count: count), axis: axis)
  }
}
