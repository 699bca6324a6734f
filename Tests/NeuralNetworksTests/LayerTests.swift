import NeuralNetworks
import Testing
import Torch

@Suite struct LayerTests {
  private let store = ParameterStore(seed: 1)
  private let context = ForwardContext.evaluation

  private func isClose(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-5) -> Bool {
    a.shape == b.shape && (a - b).abs().max().item <= tolerance
  }

  @Test func attentionIsSoftmaxOfProducts() {
    let generator = RandomGenerator(seed: 1)
    let (q, k, v) = (generator.normal([2, 3, 5, 4]), generator.normal([2, 3, 5, 4]), generator.normal([2, 3, 5, 4]))
    let expected = (q.matmul(k.transposed()) * 0.5).softmax(axis: -1).matmul(v)
    #expect(isClose(.attention(query: q, key: k, value: v), expected))
  }

  @Test func transposedConvolutionUndoesTheStride() {
    let layer = TransposedConvolution(
      store.root["t"], from: 3, to: 2, kernel: 3, stride: 2, padding: 1, outputPadding: 1)
    #expect(layer(.zeros([1, 3, 5, 6]), context).shape == [1, 2, 10, 12])
  }

  @Test func convolutionsKeepTheSizeWhenDilated() {
    let layer = Convolution(store.root["c"], from: 3, to: 4, kernel: 3, dilation: 4)
    #expect(layer(.zeros([1, 3, 9, 7]), context).shape == [1, 4, 9, 7])
  }

  @Test func batchNormalizationLearnsRunningStatistics() {
    let layer = BatchNormalization(store.root["bn"], channels: 2)
    let input = RandomGenerator(seed: 2).normal([8, 2, 4, 4], mean: 3)
    let output = layer(input, .training(RandomGenerator(seed: 0)))
    #expect(abs(output.mean().item) < 1e-5)
    let mean = input.mean(axes: [0, 2, 3])
    #expect(isClose(layer.runningMean.value, mean * 0.1))
    #expect(store.entry("bn.num_batches_tracked")!.item == 1)
    _ = layer(input, context)
    #expect(isClose(layer.runningMean.value, mean * 0.1))
  }

  @Test func groupNormalizationWithOneGroupPerChannel() {
    let layer = GroupNormalization(store.root["gn"], channels: 4, groups: 4)
    let output = layer(RandomGenerator(seed: 2).normal([2, 4, 8, 8], mean: 5), context)
    #expect(output.mean(axes: [2, 3]).abs().max().item < 1e-5)
  }

  @Test func dropoutKeepsTheMeanAndRestsInEvaluation() {
    let input = Tensor.ones([200, 200])
    let dropped = Dropout(probability: 0.25)(input, .training(RandomGenerator(seed: 4)))
    #expect(abs(dropped.mean().item - 1) < 0.02)
    #expect(abs((dropped .== 0).to(.float32).mean().item - 0.25) < 0.02)
    #expect(isClose(Dropout(probability: 0.25)(input, context), input, 0))
  }

  @Test func stochasticDepthDropsWholeSamples() {
    let output = StochasticDepth(probability: 0.5)(.ones([64, 3, 2]), .training(RandomGenerator(seed: 4)))
    let samples: [Float] = output.reshaped([64, 6]).sum(axes: [1]).array()
    #expect(Set(samples) == [0, 12])
  }

  @Test func sequencesAndPooling() {
    let network = Sequential([
      Convolution(store.root["s", "0"], from: 3, to: 4, kernel: 3), Activation.relu, MaxPooling(kernel: 2, stride: 2),
      Resize(height: 10, width: 6), GlobalAveragePooling(),
    ])
    #expect(network(.ones([2, 3, 8, 8]), context).shape == [2, 4, 1, 1])
  }
}
