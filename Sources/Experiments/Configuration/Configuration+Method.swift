import MultitaskLearning

extension Configuration {
  /// The method that the section `method` describes, for tasks of these names.
  ///
  /// - Parameter normal: the scale of a workload's methods, unless the configuration says otherwise.
  /// - Throws: `MethodError` for a method or parameter that does not exist, or a value that is not allowed;
  ///   ``ConfigurationError`` for parts that do not go together.
  func method(for tasks: [String], scale normal: MethodScale) throws -> MultitaskMethod {
    let (choices, steps) = (method, training.steps)
    let method = MultitaskMethod(
      weighting: try MethodRegistry.weighting(choices.weighting.name)
        .make(choices.weighting.settings, tasks: tasks),
      aggregator: try MethodRegistry.aggregator(choices.aggregator.name)
        .make(choices.aggregator.settings, tasks: tasks),
      schedule: try MethodRegistry.schedule(choices.schedule.name)
        .make(choices.schedule.settings, tasks: tasks, totalSteps: steps),
      adaptation: try MethodRegistry.adaptation(choices.adaptation.name)
        .make(choices.adaptation.settings, tasks: tasks, totalSteps: steps),
      level: choices.level, scale: choices.scale.resolved(normal), seed: run.seed)
    if method.adaptation.givesTasksFeatures && method.level == .features {
      throw ConfigurationError(
        "\(choices.adaptation.name) gives tasks features of their own: method.level has to be parameters")
    }
    guard !method.weighting.observesPerformance || (1..<steps).contains(training.evaluateEvery) else {
      throw ConfigurationError(
        "\(choices.weighting.name) learns from the metrics of evaluations: training.evaluateEvery has to be above 0 and below training.steps"
      )
    }
    guard !method.schedule.needsNormalizedConvolutions || !method.adaptation.needsTransformer else {
      throw ConfigurationError(
        "\(choices.schedule.name) works on shared convolutions, \(choices.adaptation.name) on a transformer's tokens: no network has both"
      )
    }
    try method.checkComposition(
      names: Dictionary(uniqueKeysWithValues: MethodKind.allCases.map { ($0, choices[$0].name) }))
    return method
  }
}

extension Configuration {
  /// What the directions of the method are multiplied by.
  ///
  /// - Throws: `RegistryError` (Support) for a workload that does not exist.
  var methodScale: MethodScale {
    get throws { try method.scale.resolved(WorkloadRegistry.factory(of: self).methodScale) }
  }
}

extension Configuration.Method.Scale {
  /// - Parameter normal: what the workload has.
  func resolved(_ normal: MethodScale) -> MethodScale {
    switch self {
    case .automatic: normal
    case .common: .common
    case .native: .native
    }
  }
}
