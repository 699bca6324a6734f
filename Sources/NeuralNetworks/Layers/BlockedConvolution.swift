import Torch

/// A convolution of any number of output channels, computed on a CPU with as many as its kernels are quick for.
///
/// oneDNN computes outputs in blocks of 16 and several blocks at a time, a number that divides that of all blocks: with 7,
/// 11 or 29 of them, it computes them one by one, and takes a fifth or a third longer than with 8, 12 or 30. In such a case,
/// kernels of zeros are added, whose outputs are dropped. Where operators are observed, as the cost of a network is counted,
/// the convolution is computed without them, as it is with kernels of one element, groups or a bias.
package struct BlockedConvolution: Layer {
  private let convolution: Convolution

  package init(_ convolution: Convolution) { self.convolution = convolution }

  private static let blockSize = 16

  /// The number of outputs that are computed for a number of outputs that are wanted.
  package static func computedOutputs(for outputs: Int) -> Int {
    let blocks = (outputs + blockSize - 1) / blockSize
    let isQuick = blocks < 7 || [2, 3, 5].contains { blocks.isMultiple(of: $0) }
    // Of two numbers of blocks one after another, one is even.
    return isQuick ? outputs : (blocks + 1) * blockSize
  }

  package func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    let weight = convolution.weight.value
    let (outputs, kernel) = (weight.shape[0], weight.shape[2])
    let computed = Self.computedOutputs(for: outputs)
    guard computed > outputs, kernel > 1, convolution.groups == 1, convolution.bias == nil, input.device == .cpu,
      !isObservingOperators
    else { return convolution(input, context) }
    return input.convolved(
      weight.padded([0, 0, 0, 0, 0, 0, 0, computed - outputs]), stride: convolution.stride,
      padding: convolution.padding, dilation: convolution.dilation
    ).narrowed(axis: 1, from: 0, count: outputs)
  }
}
