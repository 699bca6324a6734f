import MultitaskLearning

/// The method of a measurement, as a person types it, for tasks of no data set.
public struct BenchmarkMethod {
  let method: MultitaskMethod
  /// The names of the tasks.
  let tasks: [String]
  /// What errors call the schedule.
  let scheduleName: String

  /// - Parameters:
  ///   - names: the names of methods joined by `+`, as `polymath train --method` takes them.
  ///   - settings: settings of the method, such as `method.aggregator.c=0.4`.
  ///   - level: the level of the gradients: `parameters` or `features`.
  ///   - taskCount: the number of tasks, K.
  /// - Throws: `MethodError` or ``ConfigurationError`` for a name or a setting that does not exist.
  public init(_ names: String, settings: [String] = [], level: String = "parameters", taskCount: Int) throws {
    var configuration = Configuration()
    configuration.data.tasks = (0..<taskCount).map { "task\($0)" }
    try configuration.apply(method: names)
    for setting in settings {
      guard setting.hasPrefix("method.") else {
        throw ConfigurationError(
          "'\(setting)': the bench takes settings of the method, such as method.schedule.mixture=phase2; everything else is an option of its own"
        )
      }
      try configuration.apply(assignment: setting)
    }
    try configuration.apply(assignment: "method.level=\(level)")
    method = try ResolvedConfiguration(configuration).method
    tasks = configuration.data.tasks
    scheduleName = configuration.method.schedule.name
  }

  /// Whether the method lets a transformer grow: ``TokenBenchmark`` measures it.
  public var growsTokens: Bool { method.adaptation.tokenGrowing != nil }
  /// The level of the gradients.
  public var level: GradientLevel { method.level }
}
