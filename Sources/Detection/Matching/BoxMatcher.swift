import Support

/// The assignment of boxes (anchors or proposals) to the objects of an image, by intersection over union.
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015,
///   section 3.1.2.
public struct BoxMatcher: Sendable, Equatable {
  /// Which boxes become foreground besides those that overlap an object enough.
  public enum Rescue: Sendable, Equatable {
    /// No others.
    case never
    /// For each object the boxes that overlap it most, ties included, if they overlap it at all. They keep the object
    /// that they overlap most. Public implementations rescue boxes with an overlap of 0, too: then an object that
    /// overlaps nothing makes all of those boxes foreground.
    case bestOfEachObject
  }

  /// The intersection over union from which on a box is foreground.
  public var foreground: Double
  /// The intersection over union below which a box is background. Between the two it is ignored.
  public var background: Double
  /// Which boxes become foreground besides.
  public var rescue: Rescue

  /// Creates a matcher, whose threshold for background is at most that for foreground.
  public init(foreground: Double, background: Double, rescue: Rescue = .never) {
    require(
      background <= foreground, "a box would be background up to \(background) and foreground from \(foreground) on")
    self.foreground = foreground
    self.background = background
    self.rescue = rescue
  }

  /// The matcher of anchors: foreground from 0.7 on, background below 0.3, and each object's best anchors.
  public static let anchors = BoxMatcher(foreground: 0.7, background: 0.3, rescue: .bestOfEachObject)
  /// The matcher of proposals: foreground from 0.5 on, background below.
  public static let proposals = BoxMatcher(foreground: 0.5, background: 0.5)

  /// Returns the object and the label of each box. Without objects, every box is background.
  ///
  /// - Complexity: O(boxes × objects).
  public func callAsFunction(_ boxes: [BoundingBox], objects: [BoundingBox]) -> BoxMatching {
    matching(count: boxes.count, objects: objects.count) { object, row in
      let object = objects[object]
      for index in boxes.indices { row[index] = object.intersectionOverUnion(with: boxes[index]) }
    }
  }

  /// Returns the object and the label of each of `count` boxes.
  ///
  /// - Parameters:
  ///   - overlaps: for each object the intersection over union with every box.
  ///   - count: the number of boxes.
  public func callAsFunction(overlaps: [[Double]], count: Int) -> BoxMatching {
    matching(count: count, objects: overlaps.count) { object, row in row = overlaps[object] }
  }

  private func matching(
    count: Int, objects: Int, fill: (_ object: Int, _ row: inout [Double]) -> Void
  ) -> BoxMatching {
    var best = [Double](repeating: -1, count: count)
    var matched = [Int](repeating: 0, count: count)
    var rescued: Set<Int> = []
    var row = [Double](repeating: 0, count: count)
    for object in 0..<objects {
      fill(object, &row)
      for index in 0..<count where row[index] > best[index] {
        best[index] = row[index]
        matched[index] = object
      }
      if rescue == .bestOfEachObject { rescued.formUnion(Self.positionsOfLargest(row)) }
    }
    var labels = best.map { $0 >= foreground ? MatchLabel.foreground : $0 < background ? .background : .ignored }
    for index in rescued { labels[index] = .foreground }
    return BoxMatching(objects: matched, labels: labels)
  }

  private static func positionsOfLargest(_ row: [Double]) -> [Int] {
    guard let largest = row.max(), largest > 0 else { return [] }
    return row.indices.filter { row[$0] == largest }
  }
}
