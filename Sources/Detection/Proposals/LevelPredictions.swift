import Support

/// What a proposal head predicts for the anchors of one level in one image.
public struct LevelPredictions: Sendable {
  /// The anchors: by row, by column, then by form.
  public var anchors: [BoundingBox]
  /// The logit of each anchor's holding an object.
  public var logits: [Double]
  /// The deltas against each anchor, one after another: anchors × 4.
  public var deltas: [Double]

  /// Creates the predictions of a level.
  public init(anchors: [BoundingBox], logits: [Double], deltas: [Double]) {
    require(
      logits.count == anchors.count && deltas.count == 4 * anchors.count,
      "\(logits.count) logits and \(deltas.count) deltas do not belong to \(anchors.count) anchors")
    self.anchors = anchors
    self.logits = logits
    self.deltas = deltas
  }

  /// Returns the box that is predicted for an anchor.
  func box(ofAnchor index: Int) -> BoundingBox {
    let deltas = BoxDeltas(deltas[4 * index], deltas[4 * index + 1], deltas[4 * index + 2], deltas[4 * index + 3])
    return BoxCoder.proposals.decode(deltas, against: anchors[index])
  }
}
