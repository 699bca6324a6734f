import Support

/// How much each task is preferred: a positive number for each task, taken as it is, or what the method takes where there
/// is no preference.
struct TaskPreference: Sendable, Equatable {
  /// One for each of the network's tasks; nil where the method's own default applies.
  let numbers: [Double]?

  static let allowed = 1e-30...1e30

  /// - Parameter method: of which this is the preference, for errors.
  init(_ numbers: [Double]?, of method: String) {
    require(
      numbers?.allSatisfy(Self.allowed.contains) ?? true,
      "\(method): the preference \(numbers ?? []) has to be a number in \(Self.allowed) for each task")
    self.numbers = numbers
  }

  /// - Parameter fallback: what applies where nothing is said, for a person.
  static func entry(defaultingTo fallback: String) -> MethodParameter {
    MethodParameter(
      "preference", .taskNumbers(allowed), default: nil,
      "how much each task counts; \(fallback) for each when left out")
  }

  /// The numbers of the parameter ``entry(defaultingTo:)``; nil where it was left out.
  ///
  /// - Throws: ``MethodError`` naming a task that has no number where others have one.
  static func numbers(_ settings: MethodSettings) throws -> [Double]? {
    guard let preference = settings.taskNumbers("preference") else { return nil }
    return try settings.tasks.map { task in
      guard let number = preference[task] else {
        throw MethodError("\(settings.method) has no preference for the task '\(task)'")
      }
      return number
    }
  }

  /// The numbers of the tasks that have a row.
  ///
  /// - Parameter fallback: the number of every task where nothing was said.
  func vector(for context: AggregationContext, default fallback: Double) -> Vector {
    vector(of: context.tasks, amongTasks: context.taskCount, default: fallback)
  }

  /// The numbers of some of the tasks.
  ///
  /// - Parameters:
  ///   - tasks: their positions.
  ///   - taskCount: the number of all tasks.
  ///   - fallback: the number of every task where nothing was said.
  func vector(of tasks: [Int], amongTasks taskCount: Int, default fallback: Double) -> Vector {
    guard let numbers else { return Vector(repeating: fallback, count: tasks.count) }
    require(numbers.count == taskCount, "a preference of \(numbers.count) numbers for \(taskCount) tasks")
    return Vector(tasks.map { numbers[$0] })
  }
}
