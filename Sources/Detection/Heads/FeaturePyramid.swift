import NeuralNetworks
import Torch
import VisionNetworks

/// The feature pyramid of a detector, whose entries are named as in Detectron2.
///
/// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017, section 3.
public struct FeaturePyramid {
  private let topDown: TopDownPyramid

  /// Registers `fpn_lateral2` and so on, then `fpn_output2` and so on, one for each stage.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - inputs: the channels of each stage, finest first.
  ///   - channels: the channels of the pyramid.
  ///   - firstLevel: the level of the finest stage, whose stride is two to the power of it.
  public init(_ path: ParameterPath, from inputs: [Int], channels: Int, firstLevel: Int = 2) {
    topDown = TopDownPyramid(
      from: inputs, width: channels, projectionPath: { path["fpn_lateral\(firstLevel + $0)"] },
      outputPath: { path["fpn_output\(firstLevel + $0)"] })
  }

  /// Returns the pyramid's maps, finest first, of the stages' sizes.
  ///
  /// - Parameters:
  ///   - stages: batch × channels × height × width of each stage, finest first.
  ///   - context: whether the network is in training.
  public func callAsFunction(_ stages: [Tensor], _ context: ForwardContext) -> [Tensor] {
    topDown(stages.map { Streams($0) }, context).map { $0.shared! }
  }

  /// Returns every second row and column of a pyramid's coarsest map: one more level, for proposals.
  public static func coarser(_ map: Tensor) -> Tensor { map.maxPooled(kernel: 1, stride: 2) }
}
