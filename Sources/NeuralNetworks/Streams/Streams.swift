import Support
import Torch

/// What flows through the trunk of a network for the tasks of a ``ForwardContext``: one stream that they share, or one for
/// each of them.
///
/// A network starts with a shared stream. It parts at the first layer that differs between tasks; what comes before is
/// computed once. Layers that are the same for all tasks go on with ``map(_:)``, whether the streams have parted or not.
public struct Streams {
  private enum Storage {
    case one(Tensor)
    /// One after another along the first axis, (tasks · batch) × ….
    case stacked(Tensor, count: Int)
    case apart([Tensor])
  }

  private let storage: Storage

  /// A stream that all tasks share.
  public init(_ shared: Tensor) { storage = .one(shared) }

  /// A stream for each task of the context, in its order.
  public init(apart streams: [Tensor]) {
    require(!streams.isEmpty, "streams of no task")
    storage = .apart(streams)
  }

  /// A stream for each of `count` tasks, which lie one after another along the first axis: (tasks · batch) × ….
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

  /// The stream of each of `count` tasks.
  public func byTask(count: Int) -> [Tensor] {
    switch storage {
    case .one(let tensor): return [Tensor](repeating: tensor, count: count)
    case .stacked(let tensor, let own):
      require(own == count, "streams of \(own) tasks for \(count)")
      return count == 1 ? [tensor] : tensor.reshaped([count, -1] + tensor.shape.dropFirst()).unbound()
    case .apart(let tensors):
      require(tensors.count == count, "streams of \(tensors.count) tasks for \(count)")
      return tensors
    }
  }

  /// The streams along the first axis, (tasks · batch) × …: those of `count` tasks, each its own.
  public func stacked(count: Int) -> Tensor {
    switch storage {
    case .one(let tensor):
      guard count > 1 else { return tensor }
      let shape = tensor.shape
      return tensor.reshaped([1] + shape).expanded([count] + shape).reshaped([count * shape[0]] + shape.dropFirst())
    case .stacked(let tensor, let own):
      require(own == count, "streams of \(own) tasks for \(count)")
      return tensor
    case .apart(let tensors):
      require(tensors.count == count, "streams of \(tensors.count) tasks for \(count)")
      return count == 1 ? tensors[0] : .concatenated(tensors, axis: 0)
    }
  }

  /// The streams along the first axis, as ``stacked(count:)``, if they lie so already, or are one that is shared and has
  /// at most `limit` elements; nil otherwise.
  func stacked(count: Int, ifAtMost limit: Int) -> Tensor? {
    switch storage {
    case .one(let tensor): tensor.count <= limit ? stacked(count: count) : nil
    case .stacked: stacked(count: count)
    case .apart: nil
    }
  }

  /// What a function makes of each stream. It works on every sample by itself, as streams may lie along the batch.
  public func map(_ body: (Tensor) -> Tensor) -> Streams {
    switch storage {
    case .one(let tensor): Streams(storage: .one(body(tensor)))
    case .stacked(let tensor, let count): Streams(storage: .stacked(body(tensor), count: count))
    case .apart(let tensors): Streams(storage: .apart(tensors.map(body)))
    }
  }

  /// As ``map(_:)``, of a function with two results.
  public func map(_ body: (Tensor) -> (Tensor, Tensor)) -> (Streams, Streams) {
    switch storage {
    case .one(let tensor):
      let (a, b) = body(tensor)
      return (Streams(storage: .one(a)), Streams(storage: .one(b)))
    case .stacked(let tensor, let count):
      let (a, b) = body(tensor)
      return (Streams(storage: .stacked(a, count: count)), Streams(storage: .stacked(b, count: count)))
    case .apart(let tensors):
      let pairs = tensors.map(body)
      return (Streams(storage: .apart(pairs.map(\.0))), Streams(storage: .apart(pairs.map(\.1))))
    }
  }

  /// What a function makes of several results for each task, of which some may be shared and others not.
  ///
  /// - Parameter streams: one at least, of the same tasks.
  public static func combined(_ streams: [Streams], _ body: ([Tensor]) -> Tensor) -> Streams {
    let shared = streams.compactMap(\.shared)
    if shared.count == streams.count { return Streams(body(shared)) }
    let count = streams.lazy.compactMap(\.taskCount).first!
    if streams.contains(where: \.isStacked) {
      return Streams(stacked: body(streams.map { $0.stacked(count: count) }), count: count)
    }
    let byTask = streams.map { $0.byTask(count: count) }
    return Streams(apart: (0..<count).map { task in body(byTask.map { $0[task] }) })
  }

  public static func + (a: Streams, b: Streams) -> Streams { combined([a, b]) { $0[0] + $0[1] } }

  /// The size of an axis behind the first.
  public func size(ofAxis axis: Int) -> Int {
    require(axis > 0, "the first axis may hold several streams")
    switch storage {
    case .one(let tensor), .stacked(let tensor, _): return tensor.shape[axis]
    case .apart(let tensors): return tensors[0].shape[axis]
    }
  }

  /// Nil if the stream is shared.
  private var taskCount: Int? {
    switch storage {
    case .one: nil
    case .stacked(_, let count): count
    case .apart(let tensors): tensors.count
    }
  }

  private var isStacked: Bool {
    if case .stacked = storage { true } else { false }
  }

  private init(storage: Storage) { self.storage = storage }
}
