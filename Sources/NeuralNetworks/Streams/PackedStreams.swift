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
  public var sources: [[Int]?] { channels.byTask }
  /// The same, with what was found out about it.
  let channels: ChannelSources
  /// For each task, the numbers of the gated layers from whose outputs its stream was computed since; empty outside of
  /// a ``GateTrace``.
  let origins: [Set<Int>]
  /// Where the channels lie.
  public let axis: ChannelAxis

  init(_ values: Tensor, sources: ChannelSources, origins: [Set<Int>]? = nil, axis: ChannelAxis) {
    self.values = values
    channels = sources
    self.origins = origins ?? sources.byTask.map { _ in [] }
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
    self.init(.concatenated(existing, axis: index), sources: ChannelSources(sources), origins: origins, axis: axis)
  }

  /// Whether the streams are those of a ``GateTrace``, of which only where they come from matters.
  var isTraced: Bool { origins.contains { !$0.isEmpty } }

  /// Returns a task's stream; one that does not exist stops the process.
  func stream(_ task: Int) -> Tensor { channels.selection(of: task)(values, axis) }

  /// Returns the results of a function of single channels.
  ///
  /// - Parameters:
  ///   - newAxis: where the channels lie afterwards; nil if they stay where they are.
  ///   - body: a function of single channels.
  func map(to newAxis: ChannelAxis? = nil, _ body: (Tensor) -> Tensor) -> PackedStreams {
    // Nothing is computed for streams that nothing asks for.
    guard values.count > 0 else { return self }
    return PackedStreams(body(values), sources: channels, origins: origins, axis: newAxis ?? axis)
  }

  /// Returns the results of a function of several streams that treats every channel by itself: once for each different
  /// combination of channels.
  static func combined(_ streams: [PackedStreams], _ body: ([Tensor]) -> Tensor) -> PackedStreams {
    let first = streams[0]
    let combination = first.channels.combined(with: streams.dropFirst().map(\.channels))
    let origins = first.origins.indices.map { task in
      streams.reduce(into: Set<Int>()) { $0.formUnion($1.origins[task]) }
    }
    let values = zip(streams, combination.operands).map { $1($0.values, first.axis) }
    return PackedStreams(
      combination.isEmpty ? values[0] : body(values), sources: combination.sources, origins: origins, axis: first.axis)
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
      return PackedStreams(
        shared, sources: ChannelSources([[Int]?](repeating: channels, count: count)), axis: axis)
    }
    return PackedStreams(streams(count: count), axis: axis)
  }
}
