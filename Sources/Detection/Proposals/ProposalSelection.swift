/// The choice of an image's proposals among all predictions of a proposal head: the best of every level, clipped to the
/// image, without those that overlap better ones of their level too much; of these the best of all levels.
///
/// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017, section 4.1; suppression by level: Wu
///   et al., *Detectron2*, 2019.
public struct ProposalSelection: Sendable, Equatable {
  /// The number of predictions that are looked at in each level.
  public var candidatesPerLevel: Int
  /// The largest number of proposals of an image.
  public var count: Int
  /// The suppression among the predictions of a level.
  public var suppression: NonMaximumSuppression

  /// Creates a choice.
  public init(
    candidatesPerLevel: Int, count: Int = 1000,
    suppression: NonMaximumSuppression = NonMaximumSuppression(threshold: 0.7)
  ) {
    self.candidatesPerLevel = candidatesPerLevel
    self.count = count
    self.suppression = suppression
  }

  /// The choice in training: the best 1000 of 2000 predictions of each level.
  public static let training = ProposalSelection(candidatesPerLevel: 2000)
  /// The choice in evaluation: the best 1000 of 1000 predictions of each level.
  public static let evaluation = ProposalSelection(candidatesPerLevel: 1000)

  /// Returns the proposals of an image by descending score. Predictions that are empty or not finite are dropped.
  public func callAsFunction(_ levels: [LevelPredictions], in image: ImageSize) -> [Proposal] {
    var candidates: [Proposal] = []
    for (level, predictions) in levels.enumerated() {
      for anchor in largest(candidatesPerLevel, of: predictions.logits) {
        let box = predictions.box(ofAnchor: anchor).clipped(to: image)
        guard !box.isEmpty, box.isFinite, predictions.logits[anchor].isFinite else { continue }
        candidates.append(Proposal(box: box, score: predictions.logits[anchor], level: level, anchor: anchor))
      }
    }
    let kept = suppression(
      candidates.map(\.box), scores: candidates.map(\.score), groups: candidates.map(\.level))
    return kept.prefix(count).map { candidates[$0] }
  }
}
