import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// The gradients of losses, and aggregators, in a training loop of one's own.
@Suite struct TaskGradientsTests {
  private func leaf(_ values: [Float], _ shape: [Int]) -> Tensor {
    let leaf = Tensor(values, shape: shape)
    leaf.requiresGradient = true
    return leaf
  }

  /// Distances from points of a plane: their sum of squares is smallest in the middle.
  private func losses(of parameters: [Tensor], on batch: [[Float]]) -> [Tensor] {
    batch.map { target in (parameters[0] + parameters[1] - Tensor(target)).squared().sum() }
  }

  @Test func aLoopOfItsOwn() throws {
    let (weight, bias) = (leaf([0, 0], [2]), leaf([5], [1]))
    let batches = [[[Float]]](repeating: [[1, 2], [3, 4]], count: 200)

    let parameters = [weight, bias]
    var aggregator = UPGrad()
    var generator = SeededGenerator(seed: 0)
    for batch in batches {
      let losses = losses(of: parameters, on: batch)
      let gradients = taskGradients(of: losses, withRespectTo: parameters)
      let direction = try aggregator.direction(of: gradients, using: &generator)
      withoutGradients {
        for (parameter, part) in zip(parameters, gradients.parts(of: direction)) {
          parameter.add(inPlace: part, scale: -0.1)
        }
      }
    }

    let point: [Float] = (weight + bias).detached().array()
    // On the segment between the two points, where neither gains without the other's loss.
    #expect(abs(Double(point[1] - point[0]) - 1) < 1e-3 && point[0] > 1 && point[0] < 3, "\(point)")
  }

  @Test func whatALossDoesNotReachIsZero() {
    let (a, b) = (leaf([1, 2, 3, 4], [2, 2]), leaf([5, 6], [2]))
    let gradients = taskGradients(of: [a.squared().sum(), (a[0] * b).sum()], withRespectTo: [a, b])
    #expect(gradients.taskCount == 2 && gradients.width == 6)
    #expect(gradients.segments.map(\.name) == ["0", "1"] && gradients.segments.map(\.columns) == [0..<4, 4..<6])
    expectClose(
      gradients.rows(in: 0..<6), Tensor([Float(2), 4, 6, 8, 0, 0, 5, 6, 0, 0, 1, 2], shape: [2, 6]), tolerance: 1e-6)
    let parts = gradients.parts(of: gradients.combined([1, 10]))
    #expect(parts.map(\.shape) == [[2, 2], [2]])
    expectClose(parts[0], Tensor([Float(52), 64, 6, 8], shape: [2, 2]), tolerance: 1e-5)
    expectClose(parts[1], Tensor([Float(10), 20]), tolerance: 1e-5)
  }

  private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func wrongShapesAreSaid() async {
    let long = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Tensor([Float(1), 2])
      parameter.requiresGradient = true
      _ = taskGradients(of: [parameter.sum(), parameter * 2], withRespectTo: [parameter])
    }
    #expect(message(long).contains("a loss is one number, but loss 1 (from 0) is "), "\(message(long))")
    let constant = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Tensor([Float(1), 2])
      parameter.requiresGradient = true
      _ = taskGradients(of: [Tensor([Float(1)]).sum()], withRespectTo: [parameter])
    }
    #expect(message(constant).contains("was computed without a graph"))
    let fixed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (parameter, fixed) = (Tensor([Float(1), 2]), Tensor([Float(3)]))
      parameter.requiresGradient = true
      _ = taskGradients(of: [(parameter * fixed).sum()], withRespectTo: [parameter, fixed])
    }
    #expect(message(fixed).contains("parameter 1 (from 0), "), "\(message(fixed))")
  }
}
