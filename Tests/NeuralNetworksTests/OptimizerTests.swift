import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct OptimizerTests {
  /// A vector with a single parameter of three elements.
  private func makeVector(_ values: [Float]) -> ParameterVector {
    let store = ParameterStore(seed: 0)
    let parameter = store.root.parameter("p", [3], .zeros)
    store.layOut()
    withoutGradients { parameter.value.copy(from: Tensor(values)) }
    return store.vector(of: .everyTask)!
  }

  private func gradient(_ values: [Float], like vector: ParameterVector) -> Tensor {
    let gradient = vector.values.zerosLike()
    vector.views(of: gradient)[0].copy(from: Tensor(values))
    return gradient
  }

  private func values(_ vector: ParameterVector) -> [Double] { vector.parameters[0].value.array() }

  @Test func momentumFollowsItsFormula() {
    let vector = makeVector([1, -2, 3])
    let sgd = SGD(momentum: 0.9, weightDecay: 0.1)
    var expected: [Double] = [1, -2, 3]
    var velocity: [Double] = [0, 0, 0]
    let g: [Float] = [0.5, 1, -1]
    for _ in 0..<4 {
      sgd.update(vector, gradient: gradient(g, like: vector), learningRate: 0.1)
      for i in 0..<3 {
        velocity[i] = 0.9 * velocity[i] + Double(g[i]) + 0.1 * expected[i]
        expected[i] -= 0.1 * velocity[i]
      }
    }
    expectClose(values(vector), expected, tolerance: 1e-5)
  }

  @Test(arguments: [Adam.WeightDecayKind.inGradient, .decoupled])
  func adamFollowsItsFormula(_ kind: Adam.WeightDecayKind) {
    let vector = makeVector([1, -2, 3])
    let adam = Adam(weightDecay: 0.1, weightDecayKind: kind)
    var p: [Double] = [1, -2, 3]
    var m: [Double] = [0, 0, 0]
    var v: [Double] = [0, 0, 0]
    for step in 1...5 {
      let g: [Float] = [0.5 * Float(step), 1, -1]
      adam.update(vector, gradient: gradient(g, like: vector), learningRate: 0.05)
      for i in 0..<3 {
        if kind == .decoupled { p[i] *= 1 - 0.05 * 0.1 }
        let gradient = Double(g[i]) + (kind == .inGradient ? 0.1 * p[i] : 0)
        m[i] = 0.9 * m[i] + 0.1 * gradient
        v[i] = 0.999 * v[i] + 0.001 * gradient * gradient
        let (mean, variance) = (m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.999, Double(step))))
        p[i] -= 0.05 * mean / (variance.squareRoot() + 1e-8)
      }
    }
    expectClose(values(vector), p, tolerance: 1e-5)
  }

  @Test func clippingScalesAllGradientsTogether() {
    let (a, b) = (Tensor([3, 0] as [Float]), Tensor([4] as [Float]))
    #expect(GradientClipping(maximumNorm: 1).clip([a, b]) == 5)
    #expect(abs(a[0].item - 0.6) < 1e-5 && abs(b[0].item - 0.8) < 1e-5)
    #expect(GradientClipping(maximumNorm: 10).clip([a, b]) < 1.0001)
    #expect(abs(a[0].item - 0.6) < 1e-5)
  }

  @Test func learningRatesFallAsTheirSchedulesSay() {
    let polynomial = LearningRateSchedule(.polynomial(power: 0.9), totalSteps: 100)
    #expect(polynomial.factor(at: 0) == 1)
    #expect(abs(polynomial.factor(at: 50) - pow(0.5, 0.9)) < 1e-12)
    #expect(polynomial.factor(at: 100) == 0)
    let cosine = LearningRateSchedule(.cosine, warmUpSteps: 10, totalSteps: 110)
    #expect(cosine.factor(at: 0) < 0.1 && cosine.factor(at: 9) < 1)
    #expect(abs(cosine.factor(at: 60) - 0.5) < 1e-12)
    let steps = LearningRateSchedule(.multiStep(milestones: [0.5, 0.75], factor: 0.1), totalSteps: 100)
    #expect([49, 50, 75].map(steps.factor) == [1, 0.1, pow(0.1, 2)])
    #expect(LearningRateSchedule(.constant, totalSteps: 5).factor(at: 999) == 1)
  }
}
