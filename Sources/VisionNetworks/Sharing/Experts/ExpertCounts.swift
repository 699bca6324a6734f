import MultitaskLearning

/// How many experts all tasks have in common, and how many each has for itself.
public struct ExpertCounts: Sendable, Equatable {
  /// The number of experts of all tasks.
  public var shared: Int
  /// The number of experts of each task of its own.
  public var own: Int
  /// The same for some tasks, by name, in place of ``own``.
  public var ownByTask: [String: Int]

  /// Creates the numbers, all of which are one by default.
  public init(shared: Int = 1, own: Int = 1, ownByTask: [String: Int] = [:]) {
    self.shared = shared
    self.own = own
    self.ownByTask = ownByTask
  }

  /// The number of experts of a task of its own.
  func own(of task: String) -> Int { ownByTask[task] ?? own }

  /// The parameters by which configurations set the numbers.
  static let parameters = [
    MethodParameter("shared", .integer(counts), default: .number(1), "the number of experts of all tasks"),
    MethodParameter("own", .integer(counts), default: .number(1), "the number of experts of each task of its own"),
    MethodParameter("ownByTask", .taskNumbers(1...64), default: nil, "the same for some tasks"),
  ]

  private static let counts = 1...64

  /// The numbers that configurations set.
  ///
  /// - Throws: `MethodError` for a number that is not whole, or a single task.
  init(_ settings: MethodSettings, of name: String) throws {
    try settings.requireSeveralTasks()
    let byTask = settings.taskNumbers("ownByTask") ?? [:]
    for (task, number) in byTask.sorted(by: { $0.key < $1.key }) where Int(exactly: number) == nil {
      throw MethodError("\(name): 'ownByTask' is \(number) for '\(task)', but has to be a whole number of experts")
    }
    self.init(
      shared: settings.integer("shared"), own: settings.integer("own"), ownByTask: byTask.mapValues { Int($0) })
  }
}
