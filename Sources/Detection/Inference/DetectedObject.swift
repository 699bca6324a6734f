/// One object that a detector has found in an image.
public struct DetectedObject: Sendable, Equatable {
  /// The box of the whole object, inside of the image.
  public var box: BoundingBox
  /// The probability of an object in the box.
  public var score: Double
  /// The pixels at which the object is seen.
  public var visibleMask: ObjectMask
  /// The pixels of the whole object.
  public var amodalMask: ObjectMask
  /// The probability that the object is occluded.
  public var occlusionProbability: Double
  /// Whether the object is occluded: the probability exceeds that of its being free.
  public var isOccluded: Bool
  /// The position of the proposal that the box comes from.
  public var proposal: Int

  package init(
    box: BoundingBox, score: Double, visibleMask: ObjectMask, amodalMask: ObjectMask, occlusionProbability: Double,
    isOccluded: Bool, proposal: Int
  ) {
    self.box = box
    self.score = score
    self.visibleMask = visibleMask
    self.amodalMask = amodalMask
    self.occlusionProbability = occlusionProbability
    self.isOccluded = isOccluded
    self.proposal = proposal
  }
}
