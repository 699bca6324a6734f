import NeuralNetworks
import Torch

/// The features of one of the hierarchical heads: it sees the region, and what the heads before it have found.
///
/// 1. Three convolutions of the region's features and those of all earlier heads: the guidance.
/// 2. A convolution.
/// 3. The coded box features are put beside it, and three convolutions follow.
/// 4. Three more convolutions, whose output is handed to the next heads.
///
/// All of them are 3×3, with a bias, and rectified.
///
/// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022,
///   section III-B.
struct GuidedFeatures {
  /// What the public code calls a head's convolutions.
  struct Names {
    let guidance: String
    let coding: String
    let convolution: String
  }

  private let guidance: Sequential
  private let first: RectifiedConvolution
  private let coding: Sequential
  private let last: Sequential

  /// - Parameters:
  ///   - inputs: the number of features of `channels` channels that the head sees: the region's, and earlier heads'.
  ///   - stride: the step of the first convolution of part 4.
  init(_ path: ParameterPath, _ names: Names, inputs: Int, channels: Int, stride: Int = 1) {
    func three(_ name: String, _ inputs: Int) -> Sequential {
      Sequential(
        (0..<3).map {
          RectifiedConvolution(path["\(name)\($0)"], from: inputs, to: $0 < 2 ? inputs : channels)
        })
    }
    guidance = three(names.guidance, inputs * channels)
    first = RectifiedConvolution(path["\(names.convolution)1"], from: channels, to: channels)
    coding = three(names.coding, 2 * channels)
    last = Sequential(
      (2...4).map {
        RectifiedConvolution(
          path["\(names.convolution)\($0)"], from: channels, to: channels, stride: $0 == 2 ? stride : 1)
      })
  }

  /// Returns regions × channels × height × width.
  ///
  /// - Parameters:
  ///   - features: the region's features, and those of earlier heads in their order.
  ///   - coded: the coded box features.
  func callAsFunction(_ features: [Tensor], coded: Tensor, _ context: ForwardContext) -> Tensor {
    let guided = first(guidance(.concatenated(features, axis: 1), context), context)
    return last(coding(.concatenated([guided, coded], axis: 1), context), context)
  }
}
