import NeuralNetworks
import Torch

/// The head that predicts for every anchor of a pyramid whether it belongs to an object, and the box of that: a 3×3
/// convolution that is rectified, and two 1×1 convolutions. All levels share it.
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015,
///   section 3.1; on a pyramid: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017.
public struct ProposalHead {
  private let convolution: Convolution
  private let logits: Convolution
  private let deltas: Convolution

  /// What the head predicts for one level.
  public struct Output {
    /// Batch × anchors: by row, by column, then by form.
    public let logits: Tensor
    /// Batch × anchors × 4.
    public let deltas: Tensor
  }

  /// Registers `conv`, `objectness_logits` and `anchor_deltas`.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - channels: the channels of the pyramid.
  ///   - anchors: the number of anchors at each position.
  public init(_ path: ParameterPath, channels: Int, anchors: Int) {
    func convolution(_ name: String, _ reach: Reach, to outputs: Int, kernel: Int) -> Convolution {
      Convolution(
        path[name].reached(by: reach), from: channels, to: outputs, kernel: kernel, weight: .normal(deviation: 0.01),
        bias: .zeros)
    }
    self.convolution = convolution("conv", .losses(.proposalClass, .proposalBox), to: channels, kernel: 3)
    logits = convolution("objectness_logits", .losses(.proposalClass), to: anchors, kernel: 1)
    deltas = convolution("anchor_deltas", .losses(.proposalBox), to: 4 * anchors, kernel: 1)
  }

  /// Returns the predictions for each map of a pyramid.
  public func callAsFunction(_ maps: [Tensor], _ context: ForwardContext) -> [Output] {
    maps.map { map in
      let (logits, deltas) = predictionMaps(map, context)
      let shape = deltas.shape
      return Output(
        logits: logits.permuted([0, 2, 3, 1]).reshaped([shape[0], -1]),
        deltas: deltas.reshaped([shape[0], shape[1] / 4, 4, shape[2], shape[3]]).permuted([0, 3, 4, 1, 2])
          .reshaped([shape[0], -1, 4]))
    }
  }

  /// The predictions for one map as the convolutions give them: batch × channels × height × width, of which a channel is
  /// an anchor, or four are.
  package func predictionMaps(_ map: Tensor, _ context: ForwardContext) -> (logits: Tensor, deltas: Tensor) {
    let shared = convolution(map, context).relu()
    return (logits(shared, context), deltas(shared, context))
  }
}
