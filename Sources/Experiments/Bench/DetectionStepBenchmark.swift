import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// A training step of the narrow robot-vision system on two scenes of 128 × 160, and the passes that it needs at least.
public struct DetectionStepBenchmark {
  private let network: any AdaptableNetwork
  private let optimizer: MultitaskOptimizer
  private let objective: any MultitaskObjective

  /// - Parameters:
  ///   - method: methods joined by `+`, as `polymath train --method` takes them.
  ///   - threads: the number of threads of libtorch's kernels.
  /// - Throws: `MethodError` or ``ConfigurationError`` for a name that does not exist.
  public init(_ method: String, threads: Int) throws {
    Runtime.threadCount = threads
    var configuration = Configuration()
    for change in [
      "workload={name: detection, channels: 16, canonicalSize: 32, anchorSize: 7, anchorsPerImage: 64, regionsPerImage: 16, proposals: 100}",
      "data.tasks=[objects]", "data.channels=rgbd", "data.depthRange=[0.5, 1.8]", "data.height=128", "data.width=160",
      "data.trainingCount=2", "data.validationCount=1", "data.threads=1", "network.encoder=resnet18_quarter",
      "training.batchSize=2",
    ] { try configuration.apply(assignment: change) }
    try configuration.apply(method: method)
    let resolved = try ResolvedConfiguration(configuration)
    let workload = try resolved.factory.make(resolved)
    network = workload.network
    optimizer = MultitaskOptimizer(network.store, method: resolved.method, optimizer: Adam())
    let batches = try workload.trainingBatches(from: 0)
    defer { batches.close() }
    objective = try batches.next(partCount: 1, .training(RandomGenerator(seed: 3)))[0]
  }

  /// The number of losses, which are the tasks of the method.
  public var taskCount: Int { objective.tasks.count }

  /// The passes that a step of the benchmark's method needs at least.
  public var floor: StepFloor { StepFloor(of: optimizer.method) }

  /// Performs one whole step.
  ///
  /// - Throws: What the method throws.
  @discardableResult
  public func step() throws -> StepReport { try optimizer.step([objective], learningRate: 1e-4) }

  /// Performs the passes of the floor once.
  ///
  /// - Parameter report: the report of a step like the one that is measured, which tells the number of groups.
  public func passes(after report: StepReport) { floor.perform(objective, in: network.store, after: report) }
}
