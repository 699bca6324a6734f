import NeuralNetworks
import Torch

/// The three heads that reason about occlusion in the order visible → amodal → occlusion: the visible mask of an object
/// guides its amodal mask, and both guide the decision whether it is occluded.
///
/// Features are handed on as they are, so that the losses of later heads train the earlier ones, too.
///
/// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022,
///   section III-B.
public struct HierarchicalHeads {
  /// The number of rows and columns that regions are pooled to.
  public static let size = 14

  private let visible: GuidedFeatures
  private let visibleMask: MaskPredictor
  private let amodal: GuidedFeatures
  private let amodalMask: MaskPredictor
  private let occlusion: GuidedFeatures
  private let occlusionLogits: Linear

  /// What the heads predict; nil where it was not asked for.
  public struct Output {
    /// Logits of the visible mask, regions × 1 × 28 × 28.
    public var visibleLogits: Tensor?
    /// Logits of the amodal mask, regions × 1 × 28 × 28.
    public var amodalLogits: Tensor?
    /// Regions × 2: free and occluded.
    public var occlusionLogits: Tensor?
  }

  /// Registers `visible_mask_head`, `amodal_mask_head` and `occ_cls_mask_head`.
  ///
  /// - Parameters:
  ///   - path: where the heads are registered.
  ///   - channels: the channels of the pyramid and of the convolutions.
  public init(_ path: ParameterPath, channels: Int) {
    let visiblePath = path["visible_mask_head"]
    visible = GuidedFeatures(
      visiblePath.reached(by: .losses(.visibleMask, .amodalMask, .occlusion)),
      .init(guidance: "visible_guidance_layer", coding: "visible_mlc_layer", convolution: "visible_mask_fcn"),
      inputs: 1, channels: channels)
    visibleMask = MaskPredictor(visiblePath.reached(by: .losses(.visibleMask)), channels: channels)
    let amodalPath = path["amodal_mask_head"]
    amodal = GuidedFeatures(
      amodalPath.reached(by: .losses(.amodalMask, .occlusion)),
      .init(guidance: "amodal_guidance_layer", coding: "amodal_mlc_layer", convolution: "amodal_mask_fcn"),
      inputs: 2, channels: channels)
    amodalMask = MaskPredictor(amodalPath.reached(by: .losses(.amodalMask)), channels: channels)
    let occlusionPath = path["occ_cls_mask_head"].reached(by: .losses(.occlusion))
    occlusion = GuidedFeatures(
      occlusionPath,
      .init(guidance: "occlusion_guidance_layer", coding: "occ_cls__mlc_layer", convolution: "_occ_cls_fcn"),
      inputs: 3, channels: channels, stride: 2)
    occlusionLogits = Linear(
      occlusionPath["predictor"], from: channels * Self.size * Self.size / 4, to: 2, weight: .normal(deviation: 0.001))
  }

  /// Returns what the heads predict of some regions, as far as some losses need it.
  ///
  /// - Parameters:
  ///   - regions: the pooled features, regions × channels × 14 × 14.
  ///   - coded: the regions' ``CodedBoxFeatures``, of the same shape.
  ///   - losses: those that are to be computed; others than the three heads' are ignored.
  ///   - context: whether the network is in training.
  public func callAsFunction(
    _ regions: Tensor, coded: Tensor, for losses: Set<DetectionLoss>, _ context: ForwardContext
  ) -> Output {
    var output = Output()
    let needsOcclusion = losses.contains(.occlusion)
    let needsAmodal = needsOcclusion || losses.contains(.amodalMask)
    guard needsAmodal || losses.contains(.visibleMask) else { return output }
    let visible = visible([regions], coded: coded, context)
    if losses.contains(.visibleMask) { output.visibleLogits = visibleMask(visible, context) }
    guard needsAmodal else { return output }
    let amodal = amodal([regions, visible], coded: coded, context)
    if losses.contains(.amodalMask) { output.amodalLogits = amodalMask(amodal, context) }
    guard needsOcclusion else { return output }
    let occlusion = occlusion([regions, visible, amodal], coded: coded, context)
    output.occlusionLogits = occlusionLogits(occlusion.flattened(from: 1), context)
    return output
  }
}
