import NeuralNetworks
import Torch

/// A convolution with a 3×3 kernel and a bias, whose output is rectified. Its first weights are normal.
package struct RectifiedConvolution: Layer {
  private let convolution: Convolution

  /// - Parameter stride: the step of the kernel.
  package init(_ path: ParameterPath, from inputs: Int, to outputs: Int, stride: Int = 1) {
    convolution = Convolution(
      path, from: inputs, to: outputs, kernel: 3, stride: stride, weight: .kaiming(fanOut: outputs * 9), bias: .zeros)
  }

  package func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    convolution(input, context).relu()
  }
}
