import Torch

/// The result of a network's trunk, from which the losses of several tasks start.
///
/// Positions name the tasks, as in `MultitaskObjective.tasks`.
public enum Features {
  /// The network has no point from which losses start.
  case none
  /// The maps Z that all tasks start from.
  case shared([Tensor])
  /// Each task's own maps, by the task's position: at least those of the tasks that were asked for. A map that tasks
  /// share stands there for each of them.
  case byTask([Int: [Tensor]])

  /// The case of features, which is known before they are computed.
  public enum Kind: Sendable {
    case none
    case shared
    case byTask
  }

  /// The case of these features.
  public var kind: Kind {
    switch self {
    case .none: .none
    case .shared: .shared
    case .byTask: .byTask
    }
  }

  /// Returns the maps that a task's loss starts from; empty if the network has none.
  ///
  /// A task whose maps were not asked for stops the process.
  public func maps(of task: Int) -> [Tensor] {
    switch self {
    case .none: return []
    case .shared(let maps): return maps
    case .byTask(let maps):
      guard let own = maps[task] else {
        fatalError("there are features of the tasks \(maps.keys.sorted()), but not of \(task)")
      }
      return own
    }
  }
}
