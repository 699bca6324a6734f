import NeuralNetworks
import Torch

/// Two 3×3 convolutions, each after a ReLU, beside a residual path.
///
/// - Source: Lin et al., *RefineNet: Multi-Path Refinement Networks for High-Resolution Semantic Segmentation*, CVPR
///   2017, section 3.2.
struct ResidualConvolutionUnit: Layer {
  private let convolutions: [Convolution]
  /// Empty if the convolutions are not normalized; these have a bias then.
  private let norms: [BatchNormalization]

  /// Registers `conv1`, `conv2`, and `bn1`, `bn2` if the convolutions are normalized.
  init(_ path: ParameterPath, channels: Int, isNormalized: Bool) {
    convolutions = (1...2).map {
      Convolution(path["conv\($0)"], from: channels, to: channels, kernel: 3, hasBias: !isNormalized)
    }
    norms = isNormalized ? (1...2).map { BatchNormalization(path["bn\($0)"], channels: channels) } : []
  }

  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    convolutions.indices.reduce(input) { hidden, index in
      let convolved = convolutions[index](hidden.relu(), context)
      return norms.isEmpty ? convolved : norms[index](convolved, context)
    } + input
  }
}
