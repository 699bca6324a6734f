/// A box in which there may be an object.
public struct Proposal: Sendable, Equatable {
  /// The box, clipped to the image.
  public var box: BoundingBox
  /// The logit of its holding an object.
  public var score: Double
  /// The position of its level in the feature pyramid.
  public var level: Int
  /// The position of its anchor among those of the level.
  public var anchor: Int
}
