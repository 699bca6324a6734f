import NeuralNetworks
import Torch

/// Trains the parameters of a store with a method: one call per batch.
public final class MultitaskOptimizer {
  public let store: ParameterStore
  public var method: MultitaskMethod
  public let optimizer: any Optimizer
  public let clipping: GradientClipping?

  private let workspace = GradientWorkspace()

  public init(
    _ store: ParameterStore, method: MultitaskMethod, optimizer: any Optimizer, clipping: GradientClipping? = nil
  ) {
    self.store = store
    self.method = method
    self.optimizer = optimizer
    self.clipping = clipping
  }

  /// Performs one step.
  ///
  /// - Parameter objectives: the network on one batch, or on the parts of a batch that is too large for the
  ///   memory: their gradients are averaged.
  /// - Parameter observation: where the tasks' gradients are looked at for the report, if they are. It costs a backward
  ///   pass for each task, through the decoders or the whole network, where the method does not need them anyway.
  /// - Throws: ``NonFiniteError`` before any parameter has changed, ``MethodError`` from the method.
  public func step(
    _ objectives: [any MultitaskObjective], learningRate: Double, observing observation: GradientLevel? = nil
  ) throws -> StepReport {
    precondition(!objectives.isEmpty, "a step needs a batch")
    let looksApart = method.schedule.updatesSubsets
    let diagnostics = looksApart ? try observation.flatMap { try look(at: $0, objectives) } : nil
    let update = makeUpdate(objectives, method, learningRate: learningRate, observing: looksApart ? nil : observation)
    var report = try method.schedule.step(update)
    report.diagnostics = report.diagnostics ?? diagnostics
    method.weighting = update.weighting
    method.aggregator = update.aggregator
    method.generator = update.generator
    return report
  }

  /// All tasks' gradients before the step, where the schedule never differentiates all of them at once. Neither
  /// parameters, running statistics nor the method change; a network that draws numbers draws once more.
  private func look(
    at level: GradientLevel, _ objectives: [any MultitaskObjective]
  ) throws -> GradientDiagnostics? {
    let buffers = store.allBuffers.map { (buffer: $0, value: $0.value.copied()) }
    defer { withoutGradients { for (buffer, value) in buffers { buffer.value.copy(from: value) } } }
    var method = method
    method.aggregator = GradientSum()
    let update = makeUpdate(objectives, method, learningRate: 0, observing: level)
    return try update.differentiate(Array(update.tasks.indices)).diagnostics
  }

  private func makeUpdate(
    _ objectives: [any MultitaskObjective], _ method: MultitaskMethod, learningRate: Double,
    observing observation: GradientLevel?
  ) -> MultitaskUpdate {
    MultitaskUpdate(
      objectives: objectives, store: store, workspace: workspace, optimizer: optimizer, clipping: clipping,
      learningRate: learningRate, method: method, observation: observation)
  }
}
