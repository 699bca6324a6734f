import CMatrixKernels
import Support

/// The choice of one box among those that overlap: boxes are visited by descending score, and each is dropped that
/// overlaps one that was kept by an intersection over union above a threshold.
///
/// Of equal scores, the box at the lower position comes first. Boxes without an inside overlap nothing.
///
/// - Source: Girshick et al., *Rich Feature Hierarchies for Accurate Object Detection and Semantic Segmentation*, CVPR
///   2014, section 2.2.
public struct NonMaximumSuppression: Sendable, Equatable {
  /// The intersection over union up to which, that included, both of two boxes stay.
  public var threshold: Double

  /// Creates the suppression for a threshold of at least 0.
  public init(threshold: Double) {
    require(threshold >= 0, "the threshold of a suppression has to be at least 0, not \(threshold)")
    self.threshold = threshold
  }

  /// Returns the positions of the boxes that are kept, in descending order of their scores.
  ///
  /// - Complexity: O(n k) for n boxes of which k are kept.
  public func callAsFunction(_ boxes: [BoundingBox], scores: [Double]) -> [Int] {
    require(boxes.count == scores.count, "\(boxes.count) boxes have \(scores.count) scores")
    return kept(descendingOrder(scores), of: boxes)
  }

  /// Returns the positions of the boxes that are kept, where a box suppresses others of its own group only, in
  /// descending order of their scores over all groups; of equal scores, the lower group comes first.
  ///
  /// - Parameters:
  ///   - boxes: the boxes of all groups.
  ///   - scores: the score of each box.
  ///   - groups: the group of each box, for instance the level of a feature pyramid or a class.
  public func callAsFunction(_ boxes: [BoundingBox], scores: [Double], groups: [Int]) -> [Int] {
    require(
      boxes.count == scores.count && boxes.count == groups.count,
      "\(boxes.count) boxes have \(scores.count) scores and \(groups.count) groups")
    let members = Dictionary(grouping: descendingOrder(scores)) { groups[$0] }
    let kept = members.sorted { $0.key < $1.key }.flatMap { self.kept($0.value, of: boxes) }
    return descendingOrder(kept.map { scores[$0] }).map { kept[$0] }
  }

  /// The positions in `order` that are kept, of boxes that are visited in this order.
  private func kept(_ order: [Int], of boxes: [BoundingBox]) -> [Int] {
    let visited = order.flatMap { [boxes[$0].x1, boxes[$0].y1, boxes[$0].x2, boxes[$0].y2] }
    var scratch = [Double](repeating: 0, count: 5 * (order.count + 16))
    let kept = [Int64](unsafeUninitializedCapacity: order.count) { kept, count in
      count = Int(cm_suppress(visited, Int64(order.count), threshold, &scratch, kept.baseAddress))
    }
    return kept.map { order[Int($0)] }
  }
}
