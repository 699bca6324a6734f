/// Who a parameter belongs to: the set of tasks whose losses reach it.
public enum Owner: Hashable, Sendable {
  /// Every task of the network.
  case shared
  /// Some of them.
  case tasks(Set<String>)

  public static func task(_ name: String) -> Owner { .tasks([name]) }

  /// Whether a loss of this task reaches the parameter.
  public func includes(_ task: String) -> Bool {
    switch self {
    case .shared: true
    case .tasks(let names): names.contains(task)
    }
  }
}

extension Owner: Comparable, CustomStringConvertible {
  /// `shared`, or the tasks' names in alphabetical order: `amodal+visible`.
  public var description: String {
    switch self {
    case .shared: "shared"
    case .tasks(let names): "tasks:" + names.sorted().joined(separator: "+")
    }
  }

  /// Shared first, then by name: the order does not depend on hashing.
  public static func < (a: Owner, b: Owner) -> Bool {
    switch (a, b) {
    case (.shared, .shared): false
    case (.shared, _): true
    case (_, .shared): false
    default: a.description < b.description
    }
  }
}
