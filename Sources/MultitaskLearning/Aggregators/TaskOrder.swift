import Support

/// The order in which a method goes through the other tasks.
public enum TaskOrder: String, Sendable, CaseIterable {
  /// A new order each time.
  case random
  /// The order of the network's tasks.
  case ascending

  /// All tasks but one.
  func others(
    than task: Int, in tasks: Range<Int>, using generator: inout SeededGenerator
  ) -> [Int] {
    let others = tasks.filter { $0 != task }
    return self == .random ? others.shuffled(using: &generator) : others
  }
}
