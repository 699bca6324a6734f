import NeuralNetworks
import Support
import Torch

/// Feature maps of equally many channels at all strides, each of which knows the coarser ones.
///
/// A 1×1 convolution brings each stage of a backbone to the pyramid's channels. From the coarsest on, each is enlarged to
/// the size of the next finer one, by nearest neighbors, and added to it. A 3×3 convolution gives the pyramid's map. There
/// is no normalization and no activation.
///
/// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017, section 3.
public struct FeaturePyramid {
  private let laterals: [Convolution]
  private let outputs: [Convolution]

  /// Registers `fpn_lateral2`, `fpn_output2` and so on, one for each stage.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - inputs: the channels of each stage, finest first.
  ///   - channels: the channels of the pyramid.
  ///   - firstLevel: the level of the finest stage, whose stride is two to the power of it.
  public init(_ path: ParameterPath, from inputs: [Int], channels: Int, firstLevel: Int = 2) {
    func convolution(_ name: String, _ index: Int, from inputs: Int, kernel: Int) -> Convolution {
      // As Detectron2 has it: the variance of the outputs is that of the inputs.
      let bound = (3 / Double(inputs * kernel * kernel)).squareRoot()
      return Convolution(
        path["\(name)\(firstLevel + index)"], from: inputs, to: channels, kernel: kernel,
        weight: .uniform(bound: bound),
        bias: .zeros)
    }
    laterals = inputs.enumerated().map { convolution("fpn_lateral", $0, from: $1, kernel: 1) }
    outputs = inputs.indices.map { convolution("fpn_output", $0, from: channels, kernel: 3) }
  }

  /// Returns the pyramid's maps, finest first, of the stages' sizes.
  ///
  /// - Parameters:
  ///   - stages: batch × channels × height × width of each stage, finest first.
  ///   - context: whether the network is in training.
  public func callAsFunction(_ stages: [Tensor], _ context: ForwardContext) -> [Tensor] {
    require(stages.count == laterals.count, "a pyramid over \(laterals.count) stages got \(stages.count)")
    var merged: Tensor?
    let maps = stages.indices.reversed().map { index in
      let lateral = laterals[index](stages[index], context)
      let current =
        merged.map { lateral + $0.resized(height: lateral.shape[2], width: lateral.shape[3], .nearest) } ?? lateral
      merged = current
      return outputs[index](current, context)
    }
    return maps.reversed()
  }

  /// Returns every second row and column of a pyramid's coarsest map: one more level, for proposals.
  public static func coarser(_ map: Tensor) -> Tensor { map.maxPooled(kernel: 1, stride: 2) }
}
