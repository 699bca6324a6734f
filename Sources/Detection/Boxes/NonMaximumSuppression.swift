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

  private func kept(_ order: [Int], of boxes: [BoundingBox]) -> [Int] {
    var kept = KeptBoxes(capacity: order.count, threshold: threshold)
    return order.filter { kept.insert(boxes[$0]) }
  }
}

/// Boxes of which no two overlap too much.
private struct KeptBoxes {
  private var groups: [BoxesInVectors] = []
  private var count = 0
  private let threshold: Double

  init(capacity: Int, threshold: Double) {
    self.threshold = threshold
    groups.reserveCapacity((capacity + 3) / 4)
  }

  /// Takes a box in, unless it overlaps one that is there.
  mutating func insert(_ box: BoundingBox) -> Bool {
    // A box without an inside is no obstacle to others, and has none.
    if box.isEmpty { return true }
    if groups.contains(where: { $0.overlap(box, above: threshold) }) { return false }
    if count % 4 == 0 { groups.append(BoxesInVectors()) }
    groups[count / 4].set(box, lane: count % 4)
    count += 1
    return true
  }
}

/// Four boxes side by side; one that is not set lies nowhere.
private struct BoxesInVectors {
  private var x1 = SIMD4<Double>.zero
  private var y1 = SIMD4<Double>.zero
  private var x2 = SIMD4<Double>.zero
  private var y2 = SIMD4<Double>.zero
  private var area = SIMD4<Double>.zero

  mutating func set(_ box: BoundingBox, lane: Int) {
    x1[lane] = box.x1
    y1[lane] = box.y1
    x2[lane] = box.x2
    y2[lane] = box.y2
    area[lane] = box.area
  }

  /// Whether the intersection over union of a box with one of the four is above a threshold.
  func overlap(_ box: BoundingBox, above threshold: Double) -> Bool {
    let right = pointwiseMin(SIMD4(repeating: box.x2), x2)
    let bottom = pointwiseMin(SIMD4(repeating: box.y2), y2)
    let width = right - pointwiseMax(SIMD4(repeating: box.x1), x1)
    let height = bottom - pointwiseMax(SIMD4(repeating: box.y1), y1)
    let intersection = pointwiseMax(width, .zero) * pointwiseMax(height, .zero)
    let union = box.area + area - intersection
    return any((intersection .> threshold * union) .& (intersection .> 0))
  }
}
