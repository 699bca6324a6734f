import NeuralNetworks
import Torch

/// The features by which a region's box head informs its mask and occlusion heads: a transposed convolution of the box
/// head's first features, to twice their size, and two 3×3 convolutions that are rectified.
///
/// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022, in
///   its public code; as multi-level coding: Qi et al., *Amodal Instance Segmentation with KINS Dataset*, CVPR 2019.
public struct CodedBoxFeatures: Layer {
  private let layers: Sequential

  /// Registers `extraction_mlc_layer0` to `extraction_mlc_layer2`.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - channels: the channels of the heads.
  public init(_ path: ParameterPath, channels: Int) {
    let path = path.reached(by: .losses(.visibleMask, .amodalMask, .occlusion))
    layers = Sequential([
      TransposedConvolution(
        path["extraction_mlc_layer0"], from: channels, to: channels, kernel: 2, stride: 2,
        weight: .kaiming(fanOut: channels * 4)),
      RectifiedConvolution(path["extraction_mlc_layer1"], from: channels, to: channels),
      RectifiedConvolution(path["extraction_mlc_layer2"], from: channels, to: channels),
    ])
  }

  /// Returns regions × channels × 14 × 14.
  ///
  /// - Parameters:
  ///   - input: the box head's first features, regions × channels × 7 × 7.
  ///   - context: whether the network is in training.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor { layers(input, context) }
}
