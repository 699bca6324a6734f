import Support

/// The choice of an image's detections among the boxes of a box head.
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015.
public struct DetectionSelection: Sendable, Equatable {
  /// The score that a detection has to exceed.
  public var scoreThreshold: Double
  /// The suppression among the boxes that exceed it.
  public var suppression: NonMaximumSuppression
  /// The largest number of detections of an image.
  public var count: Int

  /// Creates a choice; by default the best 100 boxes whose score exceeds 0.05 and that overlap no better one by more
  /// than 0.5.
  public init(
    scoreThreshold: Double = 0.05, suppression: NonMaximumSuppression = NonMaximumSuppression(threshold: 0.5),
    count: Int = 100
  ) {
    self.scoreThreshold = scoreThreshold
    self.suppression = suppression
    self.count = count
  }

  /// Returns the positions of the chosen boxes by descending score.
  ///
  /// - Parameters:
  ///   - boxes: boxes that are clipped to the image; those that are not finite are dropped.
  ///   - scores: the probability of an object in each box.
  public func callAsFunction(_ boxes: [BoundingBox], scores: [Double]) -> [Int] {
    require(boxes.count == scores.count, "\(boxes.count) boxes have \(scores.count) scores")
    let candidates = boxes.indices.filter { scores[$0] > scoreThreshold && boxes[$0].isFinite }
    let kept = suppression(candidates.map { boxes[$0] }, scores: candidates.map { scores[$0] })
    return kept.prefix(count).map { candidates[$0] }
  }
}
