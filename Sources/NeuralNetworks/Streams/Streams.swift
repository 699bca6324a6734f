import Support
import Torch

/// The activations in the trunk of a network for the tasks of a ``ForwardContext``: one stream that they share, or one
/// for each of them.
///
/// A network starts with a shared stream. It parts at the first layer that differs between tasks; what comes before is
/// computed once. Layers that are the same for all tasks go on with `map(_:)`, whether the streams have parted or
/// not.
public struct Streams {
  private enum Storage {
    case one(Tensor)
    /// One after another along the first axis, (tasks · batch) × ….
    case stacked(Tensor, count: Int)
    /// Some of them may not exist, as nothing asks for them.
    case apart([Tensor?])
    case packed(PackedStreams)
  }

  private let storage: Storage

  /// Creates a stream that all tasks share, of shape batch × ….
  public init(_ shared: Tensor) { storage = .one(shared) }

  /// Creates a stream for each task of the context, in its order: at least one.
  public init(apart streams: [Tensor]) {
    require(!streams.isEmpty, "there has to be a stream for at least one task")
    storage = .apart(streams)
  }

  /// Creates streams by their different channels.
  public init(_ packed: PackedStreams) { storage = .packed(packed) }

  /// Creates a stream for each of `count` tasks, which lie one after another along the first axis: (tasks · batch) × ….
  ///
  /// A first axis that `count` does not divide stops the process.
  public init(stacked streams: Tensor, count: Int) {
    require(
      count > 0 && streams.shape.first.map { $0 % count == 0 } == true,
      "\(streams.signature) does not hold the streams of \(count) tasks")
    storage = .stacked(streams, count: count)
  }

  /// The stream that all tasks share; nil if they have parted.
  public var shared: Tensor? {
    if case .one(let tensor) = storage { tensor } else { nil }
  }

  /// The streams by their different channels, if they are kept so; nil otherwise.
  var packed: PackedStreams? {
    if case .packed(let packed) = storage { packed } else { nil }
  }

  /// Returns some of the streams, in the order of the positions.
  public func selecting(_ positions: [Int], count: Int) -> Streams {
    switch storage {
    case .one: self
    case .packed(let packed):
      Streams(
        PackedStreams(
          packed.values, sources: ChannelSources(positions.map { packed.sources[$0] }), axis: packed.axis))
    case .stacked, .apart:
      Streams(storage: .apart(positions.map { streams(count: count)[$0] }))
    }
  }

  /// Returns the stream of each of `count` tasks. Another number of streams stops the process.
  public func byTask(count: Int) -> [Tensor] {
    switch storage {
    case .one(let tensor): return [Tensor](repeating: tensor, count: count)
    case .stacked(let tensor, let own):
      require(own == count, "these are the streams of \(own) tasks, but those of \(count) are asked for")
      return count == 1 ? [tensor] : tensor.reshaped([count, -1] + tensor.shape.dropFirst()).unbound()
    case .apart(let tensors):
      require(
        tensors.count == count, "these are the streams of \(tensors.count) tasks, but those of \(count) are asked for")
      return tensors.enumerated().map { task, tensor in
        guard let tensor else { fatalError("the stream of task \(task) was pruned: nothing asks for it") }
        return tensor
      }
    case .packed(let packed):
      require(
        packed.sources.count == count,
        "these are the streams of \(packed.sources.count) tasks, but those of \(count) are asked for")
      return (0..<count).map(packed.stream)
    }
  }

  /// Returns the streams of `count` tasks one after another along the first axis, (tasks · batch) × …; a shared stream
  /// is repeated. Another number of streams stops the process.
  public func stacked(count: Int) -> Tensor {
    switch storage {
    case .one(let tensor):
      guard count > 1 else { return tensor }
      let shape = tensor.shape
      return tensor.reshaped([1] + shape).expanded([count] + shape).reshaped([count * shape[0]] + shape.dropFirst())
    case .stacked(let tensor, let own):
      require(own == count, "these are the streams of \(own) tasks, but those of \(count) are asked for")
      return tensor
    case .apart, .packed:
      let own = byTask(count: count)
      return count == 1 ? own[0] : .concatenated(own, axis: 0)
    }
  }

  /// The streams along the first axis, as ``stacked(count:)``, if they lie so already, or are one that is shared and
  /// has at most `limit` elements; nil otherwise.
  func stacked(count: Int, ifAtMost limit: Int) -> Tensor? {
    switch storage {
    case .one(let tensor): tensor.count <= limit ? stacked(count: count) : nil
    case .stacked: stacked(count: count)
    case .apart, .packed: nil
    }
  }

  /// The same streams, each in a tensor of its own if they have parted.
  ///
  /// - Parameter count: the number of tasks.
  func unstacked(count: Int) -> Streams { isStacked ? Streams(apart: byTask(count: count)) : self }

  /// Returns the results of a function for each stream. The function has to treat every sample by itself, as streams
  /// may lie along the batch, and is called once if the stream is shared.
  public func map(_ body: (Tensor) -> Tensor) -> Streams {
    switch storage {
    case .one(let tensor): Streams(storage: .one(body(tensor)))
    case .stacked(let tensor, let count): Streams(storage: .stacked(body(tensor), count: count))
    case .apart(let tensors): Streams(storage: .apart(tensors.map { $0.map(body) }))
    case .packed: mapTasks(count: taskCount!) { body($1) }
    }
  }

  /// Returns the results of a function of each of `count` tasks and its stream, which is nil if the stream goes no
  /// further.
  func mapTasks(count: Int, _ body: (_ task: Int, _ stream: Tensor) -> Tensor?) -> Streams {
    let results = streams(count: count).enumerated().map { task, stream in stream.flatMap { body(task, $0) } }
    guard let packed, packed.isTraced else { return Streams(storage: .apart(results)) }
    return Streams(PackedStreams(results, origins: packed.origins, axis: packed.axis))
  }

  /// The stream of each of `count` tasks; nil for those that do not exist.
  func streams(count: Int) -> [Tensor?] {
    switch storage {
    case .apart(let tensors): tensors
    case .packed(let packed): packed.sources.indices.map { packed.sources[$0] == nil ? nil : packed.stream($0) }
    case .one, .stacked: byTask(count: count)
    }
  }

  /// Returns the results of a function for each stream, which treats every channel of every sample by itself: it is
  /// called once for channels that tasks have in common.
  public func mapChannels(_ body: (Tensor) -> Tensor) -> Streams {
    guard case .packed(let packed) = storage else { return map(body) }
    return Streams(packed.map(body))
  }

  /// Returns the results of a function for each stream, which treats every channel by itself, but puts the channels
  /// along another axis.
  public func mapChannels(to axis: ChannelAxis, _ body: (Tensor) -> Tensor) -> Streams {
    guard case .packed(let packed) = storage else { return map(body) }
    return Streams(packed.map(to: axis, body))
  }

  /// Returns the two results of a function for each stream, under the conditions of the function with one result.
  public func mapChannels(_ body: (Tensor) -> (Tensor, Tensor)) -> (Streams, Streams) {
    guard case .packed(let packed) = storage else { return map(body) }
    guard packed.values.count > 0 else { return (self, self) }
    let (a, b) = body(packed.values)
    return (Streams(packed.map { _ in a }), Streams(packed.map { _ in b }))
  }

  /// Returns the two results of a function for each stream, under the conditions of the function with one result.
  public func map(_ body: (Tensor) -> (Tensor, Tensor)) -> (Streams, Streams) {
    switch storage {
    case .one(let tensor):
      let (a, b) = body(tensor)
      return (Streams(storage: .one(a)), Streams(storage: .one(b)))
    case .stacked(let tensor, let count):
      let (a, b) = body(tensor)
      return (Streams(storage: .stacked(a, count: count)), Streams(storage: .stacked(b, count: count)))
    case .apart(let tensors):
      let pairs = tensors.map { $0.map(body) }
      return (Streams(storage: .apart(pairs.map { $0?.0 })), Streams(storage: .apart(pairs.map { $0?.1 })))
    case .packed(let packed):
      let pairs = packed.sources.indices.map { packed.sources[$0] == nil ? nil : body(packed.stream($0)) }
      return (Streams(storage: .apart(pairs.map { $0?.0 })), Streams(storage: .apart(pairs.map { $0?.1 })))
    }
  }

  /// Returns the results of a function of several streams for each task, some of which may be shared and others not. A
  /// task has none if one of its streams was pruned.
  ///
  /// - Parameters:
  ///   - streams: at least one, of the same tasks.
  ///   - body: a function that treats every sample by itself, called with one tensor for each of `streams`.
  public static func combined(_ streams: [Streams], _ body: ([Tensor]) -> Tensor) -> Streams {
    let shared = streams.compactMap(\.shared)
    if shared.count == streams.count { return Streams(body(shared)) }
    let count = streams.lazy.compactMap(\.taskCount).first!
    if streams.contains(where: \.isStacked) {
      return Streams(stacked: body(streams.map { $0.stacked(count: count) }), count: count)
    }
    let byTask = streams.map { $0.streams(count: count) }
    let results = (0..<count).map { task -> Tensor? in
      let own = byTask.compactMap { $0[task] }
      return own.count == streams.count ? body(own) : nil
    }
    // A trace follows where the results come from.
    let traced = streams.compactMap(\.packed).filter(\.isTraced)
    guard let first = traced.first else { return Streams(storage: .apart(results)) }
    let origins = (0..<count).map { task in traced.reduce(into: Set<Int>()) { $0.formUnion($1.origins[task]) } }
    return Streams(PackedStreams(results, origins: origins, axis: first.axis))
  }

  /// Returns the results of a function of several streams for each task, which treats every channel of every sample by
  /// itself, under the conditions of ``combined(_:_:)``.
  public static func combinedChannels(_ streams: [Streams], _ body: ([Tensor]) -> Tensor) -> Streams {
    guard let packed = streams.lazy.compactMap(\.packed).first else { return combined(streams, body) }
    return Streams(
      PackedStreams.combined(streams.map { $0.packed(count: packed.sources.count, axis: packed.axis) }, body))
  }

  /// Returns the sum of two streams for each task.
  public static func + (a: Streams, b: Streams) -> Streams { combinedChannels([a, b]) { $0[0] + $0[1] } }

  /// Returns the size of an axis behind the first, which may hold several streams; axis 0 stops the process.
  public func size(ofAxis axis: Int) -> Int {
    require(axis > 0, "the first axis may hold several streams")
    switch storage {
    case .one(let tensor), .stacked(let tensor, _): return tensor.shape[axis]
    case .apart(let tensors): return tensors.lazy.compactMap { $0 }.first!.shape[axis]
    case .packed(let packed):
      require(axis != packed.axis.index(in: packed.values), "the channels of several streams lie along axis \(axis)")
      return packed.values.shape[axis]
    }
  }

  /// The number of streams; nil if the stream is shared.
  private var taskCount: Int? {
    switch storage {
    case .one: nil
    case .stacked(_, let count): count
    case .apart(let tensors): tensors.count
    case .packed(let packed): packed.sources.count
    }
  }

  private var isStacked: Bool {
    if case .stacked = storage { true } else { false }
  }

  private init(storage: Storage) { self.storage = storage }
}
