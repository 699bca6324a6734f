import MultitaskLearning
import NeuralNetworks

// What a configuration describes.
extension Configuration {
  /// - Throws: ``ConfigurationError`` for a field whose value is not allowed, `MethodError` for a method or parameter
  ///   that does not exist, or a value that is not allowed.
  public func makeMethod() throws -> MultitaskMethod {
    try checkFields()
    let method = MultitaskMethod(
      weighting: try MethodRegistry.weighting(self.method.weighting.name)
        .make(self.method.weighting.settings, tasks: data.tasks),
      aggregator: try MethodRegistry.aggregator(self.method.aggregator.name)
        .make(self.method.aggregator.settings, tasks: data.tasks),
      schedule: try MethodRegistry.schedule(self.method.schedule.name)
        .make(self.method.schedule.settings, tasks: data.tasks, totalSteps: training.steps),
      adaptation: try MethodRegistry.adaptation(self.method.adaptation.name)
        .make(self.method.adaptation.settings, tasks: data.tasks, totalSteps: training.steps),
      level: self.method.level, seed: run.seed)
    if method.adaptation.givesTasksFeatures && method.level == .features {
      throw ConfigurationError(
        "\(self.method.adaptation.name) gives tasks features of their own: method.level has to be parameters")
    }
    try method.checkComposition(
      names: Dictionary(uniqueKeysWithValues: MethodKind.allCases.map { ($0, self.method[$0].name) }))
    return method
  }

  var learningRateSchedule: LearningRateSchedule {
    let shape: LearningRateSchedule.Shape =
      switch optimizer.schedule {
      case .constant: .constant
      case .polynomial: .polynomial(power: optimizer.power)
      case .cosine: .cosine
      case .multiStep: .multiStep(milestones: optimizer.milestones, factor: optimizer.decay)
      }
    return LearningRateSchedule(shape, warmUpSteps: optimizer.warmUpSteps, totalSteps: training.steps)
  }
}
