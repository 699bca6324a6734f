import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// The penalty on cosines beside numbers of a public implementation.
@Suite struct CosRegReferenceTests {
  /// Quadratic losses of one vector: `θᵀAθ/2 + bᵀθ + e`.
  private struct Quadratic: MultitaskObjective {
    let parameter: Parameter
    let a: [Tensor]
    let b: [Tensor]
    var tasks: [String] { a.indices.map { "\($0)" } }
    func features(for tasks: [Int]) -> Features { .none }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { task in
        let theta = parameter.value
        return (theta * a[task].times(vector: theta)).sum() * 0.5 + (b[task] * theta).sum()
      }
    }
  }

  @Test func penaltiesActThroughSecondDerivatives() throws {
    let reference = try Reference(
      contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/aggregation.json"))
    for record in reference["cosreg_cases"].array {
      let theta = record["theta"].doubles
      let store = ParameterStore(seed: 0)
      let parameter = store.root.parameter("theta", [theta.count], .zeros)
      store.layOut()
      withoutGradients { parameter.value.copy(from: Tensor(theta).to(.float32)) }
      let objective = Quadratic(
        parameter: parameter,
        a: record["A"].array.map { Tensor($0.flatDoubles, shape: [theta.count, theta.count]).to(.float32) },
        b: record["b"].array.map { Tensor($0.doubles).to(.float32) })
      let optimizer = MultitaskOptimizer(
        store, method: MultitaskMethod(aggregator: CosReg(penalty: record["hyper"]["penalty"].double)),
        optimizer: SGD(momentum: 0))
      _ = try optimizer.step([objective], learningRate: 1)
      let after: [Float] = parameter.value.array()
      let expected = record["direction"].doubles
      let scale = expected.map { abs($0) }.max()!
      let direction = paired(theta, after).map { $0 - Double($1) }
      expectClose(direction, expected, tolerance: 1e-4 * scale, record["name"].string)
    }
  }
}
