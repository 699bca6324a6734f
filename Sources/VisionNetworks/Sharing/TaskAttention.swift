import NeuralNetworks
import Torch

/// The mask of a task for the maps of a shared layer: two 1×1 convolutions with batch normalization, with a rectifier
/// between them and the logistic function at the end.
///
/// - Source: Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019, section 3.1.
struct TaskAttention {
  private let layers: Sequential

  /// Registers the layers under the numbers that they have in the public code.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of the input.
  ///   - middle: the channels between the convolutions.
  ///   - outputs: the channels of the maps that are masked.
  ///   - kernels: the distribution of the first kernels.
  init(_ path: ParameterPath, from inputs: Int, middle: Int, to outputs: Int, kernels: AttentionKernels) {
    layers = Sequential([
      kernels.convolution(path["0"], from: inputs, to: middle), BatchNormalization(path["1"], channels: middle),
      Activation.relu,
      kernels.convolution(path["3"], from: middle, to: outputs), BatchNormalization(path["4"], channels: outputs),
      Activation.sigmoid,
    ])
  }

  /// Returns what the mask leaves of some maps.
  ///
  /// - Parameters:
  ///   - maps: the maps of a shared layer, batch × channels × height × width.
  ///   - inputs: the maps from which the mask is computed, side by side.
  func callAsFunction(_ maps: Tensor, from inputs: [Tensor], _ context: ForwardContext) -> Tensor {
    layers(inputs.count == 1 ? inputs[0] : .concatenated(inputs, axis: 1), context) * maps
  }
}

/// The distribution of the first kernels of masks.
enum AttentionKernels {
  /// Normal, of variance 2 / (fan_in + fan_out), with biases of zero.
  case xavier
  /// libtorch's default.
  case uniform

  /// Registers a 1×1 convolution with bias.
  func convolution(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> Convolution {
    switch self {
    case .uniform: Convolution(path, from: inputs, to: outputs, kernel: 1)
    case .xavier:
      Convolution(
        path, from: inputs, to: outputs, kernel: 1, weight: .xavier(fanIn: inputs, fanOut: outputs), bias: .zeros)
    }
  }
}
