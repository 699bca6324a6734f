import Foundation
import MultitaskLearning
import Support
import VisionNetworks

/// Trains a configuration with the plain sum for some steps, looks at the gradients, and says which methods to try: what
/// `polymath advise` does.
public struct AdviceSession {
  private let session: TrainingSession
  private let resolved: ResolvedConfiguration
  private let folder: RunFolder

  /// How many looks at the gradients a training has at least, if it has as many steps.
  private static let lookCount = 40

  /// Prepares the training.
  ///
  /// - Parameters:
  ///   - configuration: the configuration, whose method and diagnostics are replaced.
  ///   - steps: the number of steps, at least 2.
  ///   - folder: the folder of the run, which is free.
  /// - Throws: what is wrong with the configuration, and ``ConfigurationError`` for a single task.
  public init(_ configuration: Configuration, steps: Int, folder: RunFolder) throws {
    var configuration = configuration
    let scale = configuration.method.scale
    configuration.method = Configuration.Method()
    configuration.method.scale = scale
    configuration.training.steps = steps
    configuration.training.evaluateEvery = 0
    configuration.training.checkpointEvery = 0
    configuration.diagnostics = Configuration.Diagnostics()
    configuration.diagnostics.level = .parameters
    configuration.diagnostics.layers = true
    configuration.diagnostics.every = max(1, steps / Self.lookCount)
    resolved = try ResolvedConfiguration(configuration)
    guard resolved.tasks.count > 1 else {
      throw ConfigurationError("there is a single loss, '\(resolved.tasks[0])': advice is about several tasks")
    }
    self.folder = folder
    session = try TrainingSession(configuration, folder: folder, existing: .refuse)
  }

  /// Trains, measures the methods that fit, and judges them.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after every step.
  ///   - announce: called with each line of progress.
  /// - Returns: the advice, and the layers in the order of their conflicts; nil if the training was stopped.
  /// - Throws: what training throws, and ``ConfigurationError`` if no step could be looked at.
  public func run(
    shouldStop: () -> Bool, announce: (String) -> Void
  ) throws -> (advice: MethodAdvice, layers: LayerTable)? {
    guard try session.run(shouldStop: shouldStop) == .finished else { return nil }
    let tasks = session.trainer.network.tasks
    let observations = try MetricsLog.read(folder).steps.compactMap { GradientObservation($0, tasks: tasks) }
    guard !observations.isEmpty else {
      throw ConfigurationError(
        "no step had labels of all tasks, so that gradients could not be compared: more steps or larger batches may have some"
      )
    }
    let aggregators = fitting(MethodRegistry.aggregators.names, \.aggregator)
    let weightings = fitting(MethodRegistry.weightings.names, \.weighting)
    let costs = MethodCosts(session.trainer.workload, resolved)
    var seconds: [String: Double] = [:]
    announce("measuring steps of \(aggregators.count + weightings.count) methods")
    for (name, method) in aggregators + weightings {
      if shouldStop() { return nil }
      seconds[name] = try costs.secondsPerStep(method)
    }
    let advice = MethodAdvice(
      observations, tasks: tasks, aggregators: aggregators.map { ($0.name, $0.method.aggregator) }, seconds: seconds,
      others: weightings.map(\.name))
    return (advice, try LayerTable(LayerConflicts(ofRun: folder.url), below: 0))
  }

  /// The methods with their defaults, as far as they go with the configuration.
  private func fitting(
    _ names: [String], _ part: WritableKeyPath<Configuration.Method, MethodChoice>
  ) -> [(name: String, method: MultitaskMethod)] {
    names.compactMap { name in
      var configuration = resolved.configuration
      configuration.method[keyPath: part] = MethodChoice(name)
      guard let other = try? ResolvedConfiguration(configuration, on: resolved.dataset), (try? other.check()) != nil
      else { return nil }
      return (name, other.method)
    }
  }
}
