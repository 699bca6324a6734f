import NeuralNetworks
import Support
import Torch

/// All that a detector computes from the feature pyramid: proposals, boxes, masks and occlusion.
public struct DetectionHeads {
  /// How the heads are trained and asked.
  public let configuration: DetectorConfiguration
  /// The head that proposes regions.
  public let proposalHead: ProposalHead
  /// The head that classifies regions and refines their boxes.
  public let boxHead: BoxHead
  /// The features by which the box head informs the three heads of masks and occlusion.
  public let codedBoxFeatures: CodedBoxFeatures
  /// The heads of masks and occlusion.
  public let hierarchicalHeads: HierarchicalHeads

  /// Registers `proposal_generator.rpn_head` and the parts of `roi_heads`, each with the losses that reach it.
  public init(_ path: ParameterPath, _ configuration: DetectorConfiguration) {
    let counts = Set(configuration.anchors.map(\.countPerPosition))
    require(
      configuration.anchors.count == 5 && counts.count == 1,
      "the levels P2 to P6 need equally many anchors at every position, not those of \(configuration.anchors)")
    self.configuration = configuration
    let path = path.in(stage: .head)
    let regions = path["roi_heads"]
    proposalHead = ProposalHead(
      path["proposal_generator", "rpn_head"], channels: configuration.channels, anchors: counts.first!)
    boxHead = BoxHead(regions, channels: configuration.channels)
    codedBoxFeatures = CodedBoxFeatures(regions, channels: configuration.channels)
    hierarchicalHeads = HierarchicalHeads(regions, channels: configuration.channels)
  }

  /// Returns what the proposal head predicts for each level of a pyramid P2 to P5, and for P6.
  func proposalOutputs(_ pyramid: [Tensor], _ context: ForwardContext) -> [ProposalHead.Output] {
    proposalHead(Self.proposalMaps(pyramid), context)
  }

  private static func proposalMaps(_ pyramid: [Tensor]) -> [Tensor] { pyramid + [FeaturePyramid.coarser(pyramid[3])] }

  /// Returns the anchors of each level for a pyramid P2 to P5.
  func anchors(_ pyramid: [Tensor]) -> [[BoundingBox]] {
    zip(configuration.anchors, Self.proposalMaps(pyramid)).map { $0.anchors(rows: $1.shape[2], columns: $1.shape[3]) }
  }

  /// Returns the proposals of each image, best first; they carry no gradient.
  func proposals(
    _ outputs: [ProposalHead.Output], anchors: [[BoundingBox]], sizes: [ImageSize], _ selection: ProposalSelection
  ) -> [[BoundingBox]] {
    withoutGradients {
      sizes.enumerated().map { image, size in
        let levels = zip(outputs, anchors).map { output, anchors in
          LevelPredictions(
            anchors: anchors, logits: output.logits[image].array(), deltas: output.deltas[image].array())
        }
        return selection(levels, in: size).map(\.box)
      }
    }
  }

  /// Returns the pooled features of regions, regions × channels × size × size.
  package func pooled(_ maps: FeatureRows, _ regions: [RegionOfInterest], size: Int) -> Tensor {
    let assignment = configuration.levelAssignment
    return RoIAlign(size: size)(maps, regions: regions.map { ($0, level: assignment($0.box) - 2) })
  }

  /// Returns the maps from which regions are pooled, those of a pyramid P2 to P5.
  package func featureRows(_ pyramid: [Tensor]) -> FeatureRows {
    require(pyramid.count == 4, "a pyramid has the levels P2 to P5, not \(pyramid.count) maps")
    return FeatureRows(pyramid.enumerated().map { ($1, scale: 1 / Double(4 << $0)) })
  }
}
