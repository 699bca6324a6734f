/// What candidates are drawn for.
public enum DrawingPurpose: UInt64, Sendable, CaseIterable {
  /// The anchors that are foreground.
  case foregroundAnchors = 1
  /// The anchors that are background.
  case backgroundAnchors
  /// The proposals that are foreground.
  case foregroundProposals
  /// The proposals that are background.
  case backgroundProposals
}

/// A source of random choices among the anchors and proposals of an image.
public protocol CandidateDrawing {
  /// Returns `wanted` different positions below `count`, in the order in which they were drawn.
  ///
  /// - Parameters:
  ///   - wanted: how many to draw, at most `count`.
  ///   - count: the number of candidates.
  ///   - purpose: what the candidates are.
  ///   - image: the position of the image in the batch.
  func draw(_ wanted: Int, of count: Int, for purpose: DrawingPurpose, image: Int) -> [Int]
}
