/// The size of a detector, and how it is trained and asked.
public struct DetectorConfiguration: Sendable, Equatable {
  /// The channels of the pyramid and of all heads.
  public var channels = 256
  /// The anchors of the levels P2 to P6; at every position of every level there are equally many.
  public var anchors = [AnchorLevel].pyramid
  /// The side of a square region that is pooled from P4, in pixels. On smaller images it is smaller: 224 belongs to images
  /// whose shorter side is 480.
  public var canonicalSize = 224.0

  /// The assignment of anchors to objects.
  public var anchorMatcher = BoxMatcher.anchors
  /// The choice of the anchors that count in the losses.
  public var anchorSampling = BalancedSampling(count: 256, foregroundFraction: 0.5)
  /// The assignment of proposals to objects.
  public var proposalMatcher = BoxMatcher.proposals
  /// The choice of the proposals that count in the losses.
  public var proposalSampling = BalancedSampling(count: 512, foregroundFraction: 0.25)
  /// The choice of proposals in training.
  public var trainingProposals = ProposalSelection.training
  /// The choice of proposals in evaluation.
  public var evaluationProposals = ProposalSelection.evaluation
  /// The choice of detections.
  public var detections = DetectionSelection()

  /// Creates the configuration of the full system.
  public init() {}

  /// The pooling level of a region.
  var levelAssignment: LevelAssignment {
    LevelAssignment(levels: 2...5, rule: .area(canonicalSize: canonicalSize))
  }

  /// The losses of the proposal head.
  var proposalLosses: ProposalLosses { ProposalLosses(normalizer: .fixed(anchorsPerImage: anchorSampling.count)) }
}
