import NeuralNetworks
import Torch

/// The head that predicts for a region whether it holds an object, and the box of that: four 3×3 convolutions that are
/// rectified, and two linear layers. It gives one box for each region, whatever its class.
///
/// - Source: Wu, He, *Group Normalization*, ECCV 2018, section 4.2, for the four convolutions; as in Back et al., *Unseen
///   Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022.
public struct BoxHead {
  /// The number of rows and columns that regions are pooled to.
  public static let size = 7

  private let first: RectifiedConvolution
  private let others: Sequential
  private let classes: Linear
  private let deltas: Linear

  /// What the head predicts.
  public struct Output {
    /// Regions × 2: object and background.
    public let logits: Tensor
    /// Regions × 4.
    public let deltas: Tensor
  }

  /// Registers `box_head.conv1` to `conv4`, and `box_predictor.cls_score` and `bbox_pred`.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - channels: the channels of the pyramid and of the convolutions.
  public init(_ path: ParameterPath, channels: Int) {
    let head = path["box_head"].reached(by: .losses(.objectClass, .objectBox))
    first = RectifiedConvolution(
      head["conv1"].reached(by: .losses(.objectClass, .objectBox, .visibleMask, .amodalMask, .occlusion)),
      from: channels, to: channels)
    others = Sequential((2...4).map { RectifiedConvolution(head["conv\($0)"], from: channels, to: channels) })
    let inputs = channels * Self.size * Self.size
    let predictor = path["box_predictor"]
    classes = Linear(
      predictor["cls_score"].reached(by: .losses(.objectClass)), from: inputs, to: 2, weight: .normal(deviation: 0.01))
    deltas = Linear(
      predictor["bbox_pred"].reached(by: .losses(.objectBox)), from: inputs, to: 4, weight: .normal(deviation: 0.001))
  }

  /// Returns the output of the first convolution, from which ``CodedBoxFeatures`` are computed, too.
  ///
  /// - Parameters:
  ///   - regions: regions × channels × 7 × 7.
  ///   - context: whether the network is in training.
  public func firstFeatures(_ regions: Tensor, _ context: ForwardContext) -> Tensor { first(regions, context) }

  /// Returns the predictions from the output of the first convolution.
  public func callAsFunction(firstFeatures: Tensor, _ context: ForwardContext) -> Output {
    let features = others(firstFeatures, context).flattened(from: 1)
    return Output(logits: classes(features, context), deltas: deltas(features, context))
  }
}
