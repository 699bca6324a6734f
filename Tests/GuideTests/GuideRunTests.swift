import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// The guides' network and method at work.
@Suite struct GuideRunTests {
  private func batch(seed: UInt64) -> (input: Tensor, targets: [Tensor]) {
    let generator = RandomGenerator(seed: seed)
    return (generator.normal([8, 16]), [generator.normal([8, 1]), generator.normal([8, 3])])
  }

  @Test func theNetworkTrains() throws {
    let network = Network()
    let before = network.store.vectors.map { $0.values.copied() }
    let reports = try train(network, on: (0..<3).map { batch(seed: $0) })
    #expect(reports.count == 3 && reports.allSatisfy { $0.lossWeights == [1, 1] })
    #expect(reports.allSatisfy { $0.gramian?.taskCount == 2 })
    // Every parameter moved, by about the learning rate for each step.
    for (old, vector) in paired(before, network.store.vectors) {
      let moved = withoutGradients { (vector.values - old).abs().max().item }
      #expect(moved > 1e-4 && moved < 4e-3, "\(vector.owner): \(moved)")
    }
  }

  /// The method's step beside its definition.
  @Test func theMethodTakesItsStep() throws {
    let (found, expected) = (Network(), Network())
    let batch = batch(seed: 1)
    func objective(_ network: Network) -> Objective {
      Objective(network: network, input: batch.input, targets: batch.targets)
    }
    let optimizer = MultitaskOptimizer(
      found.store, method: MultitaskMethod(aggregator: UnitGradients()), optimizer: SGD(momentum: 0))
    let report = try optimizer.step([objective(found)], learningRate: 0.1)
    #expect(report.gramian?.taskCount == 2)
    let shared = expected.store.vector(of: .shared)!.parameters.map(\.value)
    let rows = objective(expected).losses(of: [0, 1]).map { loss in
      Tensor.concatenated(
        gradients(of: [loss], withRespectTo: shared, graph: .retain).map { $0!.flattened() })
    }
    let step = rows.map { $0 / $0.norm().item }.reduce(Tensor.zeros([rows[0].count])) { $0 + $1 }
    let before = Tensor.concatenated(shared.map { $0.detached().flattened() })
    let after = Tensor.concatenated(
      found.store.vector(of: .shared)!.parameters.map { $0.value.detached().flattened() })
    expectClose(after, before - step * 0.1, tolerance: 1e-5)
  }

  @Test func theMethodIsAnEntry() throws {
    #expect(UnitGradients.entry.name == "unit")
    var method = try #require(UnitGradients.entry.make(tasks: ["a", "b"]) as? UnitGradients)
    var generator = SeededGenerator(seed: 1)
    let weights = try method.weights(for: Gramian(rows: [[3, 4], [0, 0]]), using: &generator)
    expectClose(weights, [0.2, 0], tolerance: 1e-15)
  }
}
