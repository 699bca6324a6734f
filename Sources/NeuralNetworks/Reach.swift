/// The tasks whose losses reach a parameter.
public enum Reach: Hashable, Sendable {
  /// Every task of the network.
  case everyTask
  /// Some tasks, by name.
  case tasks(Set<String>)

  /// Returns the reach of one task alone.
  public static func task(_ name: String) -> Reach { .tasks([name]) }

  /// Returns whether a loss of this task reaches the parameter.
  public func includes(_ task: String) -> Bool {
    switch self {
    case .everyTask: true
    case .tasks(let names): names.contains(task)
    }
  }
}

extension Reach: Comparable, CustomStringConvertible {
  /// `every-task`, or the tasks' names in alphabetical order: `tasks:amodal+visible`.
  public var description: String {
    switch self {
    case .everyTask: "every-task"
    case .tasks(let names): "tasks:" + names.sorted().joined(separator: "+")
    }
  }

  /// Every task first, then by name: the order does not depend on hashing.
  public static func < (a: Reach, b: Reach) -> Bool {
    switch (a, b) {
    case (.everyTask, .everyTask): false
    case (.everyTask, _): true
    case (_, .everyTask): false
    default: a.description < b.description
    }
  }
}
