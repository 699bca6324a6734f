import MultitaskLearning
import NeuralNetworks
import Torch

/// Measures what steps of methods cost on a workload's own batches and network, whose parameters move.
struct MethodCosts {
  private let workload: any Workload
  private let resolved: ResolvedConfiguration
  private static let stepCount = 3

  init(_ workload: any Workload, _ resolved: ResolvedConfiguration) {
    self.workload = workload
    self.resolved = resolved
  }

  /// The median seconds of a step, after one that is not counted; nil if a step fails.
  ///
  /// - Throws: what reading batches throws.
  func secondsPerStep(_ method: MultitaskMethod) throws -> Double? {
    let (store, partCount) = (workload.network.store, resolved.configuration.training.accumulation * method.batchCount)
    let batches = try workload.trainingBatches(from: 0)
    defer { batches.close() }
    let optimizer = MultitaskOptimizer(store, method: method, optimizer: SGD(momentum: 0))
    let generator = RandomGenerator(seed: 0, device: store.device)
    var seconds: [Double] = []
    for _ in 0...Self.stepCount {
      let objectives = try batches.next(partCount: partCount, .training(generator, progress: 0))
      let start = ContinuousClock.now
      // So small a rate that the network stays what it is.
      guard (try? optimizer.step(objectives, learningRate: 1e-9)) != nil else { return nil }
      seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    return seconds.dropFirst().sorted()[Self.stepCount / 2]
  }
}
