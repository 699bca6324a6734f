/// What a ``BoxMatcher`` found for some boxes.
public struct BoxMatching: Sendable, Equatable {
  /// For each box the position of the object that it overlaps most, which is the first of equal ones; 0 if there are no
  /// objects.
  public var objects: [Int]
  /// The label of each box.
  public var labels: [MatchLabel]

  /// Returns the positions of the boxes that have a label, ascending.
  public func positions(_ label: MatchLabel) -> [Int] { labels.indices.filter { labels[$0] == label } }
}
