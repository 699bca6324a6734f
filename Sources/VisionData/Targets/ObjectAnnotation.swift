import Support

/// One object in an image: what of it can be seen, and where it would be if nothing covered it.
///
/// Box and occluded fraction follow from the masks, so that they stay right whatever happens to an image.
public struct ObjectAnnotation: Sendable, Equatable {
  /// The position of the object's class among those of its task.
  public let label: Int
  /// The pixels at which the object is seen; it may be empty.
  public let visibleMask: RunLengthMask
  /// The pixels of the whole object, as if nothing covered it: the visible ones among them.
  public let amodalMask: RunLengthMask
  /// The tight box of the amodal mask.
  public let box: PixelBox

  /// - Returns: nil if the amodal mask is empty: there is no object in the image.
  public init?(label: Int, visibleMask: RunLengthMask, amodalMask: RunLengthMask) {
    require(
      visibleMask.height == amodalMask.height && visibleMask.width == amodalMask.width,
      "an object's masks are \(visibleMask.height)×\(visibleMask.width) and \(amodalMask.height)×\(amodalMask.width)")
    guard let box = amodalMask.box else { return nil }
    self.label = label
    self.visibleMask = visibleMask
    self.amodalMask = amodalMask
    self.box = box
  }

  /// The fraction of the object, as far as it lies in the image, that something covers: `1 − |visible| / |amodal|`.
  public var occludedFraction: Double { 1 - Double(visibleMask.area) / Double(amodalMask.area) }
}
