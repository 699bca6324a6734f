import Support

/// One object of an image in training: what of it can be seen, and where it would be if nothing covered it.
public struct DetectionObject: Sendable, Equatable {
  /// The pixels at which the object is seen, which are some of the whole object's.
  public let visibleMask: ObjectMask
  /// The pixels of the whole object, as if nothing covered it.
  public let amodalMask: ObjectMask
  /// The tight box of the amodal mask.
  public let box: BoundingBox

  /// Creates an object; nil if the amodal mask is empty, so that there is no object in the image.
  public init?(visibleMask: ObjectMask, amodalMask: ObjectMask) {
    require(
      visibleMask.size == amodalMask.size, "an object's masks are of \(visibleMask.size) and \(amodalMask.size)")
    guard let box = amodalMask.box else { return nil }
    self.visibleMask = visibleMask
    self.amodalMask = amodalMask
    self.box = box
  }

  /// The fraction of the object, as far as it lies in the image, that something covers: `1 − |visible| / |amodal|`.
  public var occludedFraction: Double { 1 - Double(visibleMask.area) / Double(amodalMask.area) }
}
