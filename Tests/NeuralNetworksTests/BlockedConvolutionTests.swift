import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct BlockedConvolutionTests {
  @Test func numbersOfBlocksHaveSmallDivisors() {
    for outputs in 1...2048 {
      let computed = BlockedConvolution.computedOutputs(for: outputs)
      #expect(computed >= outputs && computed < outputs + 32)
      let blocks = (computed + 15) / 16
      #expect(blocks < 7 || [2, 3, 5].contains { blocks.isMultiple(of: $0) }, "\(outputs)")
    }
    #expect(
      [100, 112, 113, 128, 170, 200, 449, 512].map(BlockedConvolution.computedOutputs) == [
        128, 128, 113, 128, 192, 224, 480, 512,
      ])
  }

  @Test(arguments: [30, 97, 112, 130, 161, 200], [1, 3]) func nothingElseChanges(_ outputs: Int, _ kernel: Int) {
    let store = ParameterStore(seed: 1, dtype: .float64)
    let convolution = Convolution(
      store.root["convolution"], from: 8, to: outputs, kernel: kernel, stride: 2, hasBias: false)
    store.layOut()
    let blocked = BlockedConvolution(convolution)
    let generator = RandomGenerator(seed: 2)
    let input = generator.normal([2, 8, 7, 9]).to(.float64)
    let results = [convolution(input, .evaluation), blocked(input, .evaluation)]
    expectClose(results[1].array(of: Double.self), results[0].array(of: Double.self), tolerance: 1e-12, "\(outputs)")
    #expect(results[0].shape == results[1].shape)
    // The outputs lie among those that are dropped.
    let computed = kernel == 1 ? outputs : BlockedConvolution.computedOutputs(for: outputs)
    let isWhole = results[1].isContiguous
    #expect(isWhole == (computed == outputs), "\(outputs)")
    let seed = generator.normal(results[0].shape).to(.float64)
    let slopes = results.map {
      gradients(of: [$0], withRespectTo: [convolution.weight.value], seeds: [seed])[0]!.array(of: Double.self)
    }
    expectClose(slopes[1], slopes[0], tolerance: 1e-10, "\(outputs)")
    var widths: [Int] = []
    observingOperators({ widths += $0.results.map { $0.shape[1] } }) { _ = blocked(input, .evaluation) }
    #expect(widths == [outputs])
  }
}
