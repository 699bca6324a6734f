import Support

/// One object in an image: the pixels at which it is seen, and those at which it would be seen if nothing covered it.
///
/// Box and occluded fraction are computed from the masks, so that they stay right after any change of the image.
public struct ObjectAnnotation: Sendable, Equatable {
  /// The position of the object's class among those of its task.
  public let label: Int
  /// The pixels at which the object is seen; there may be none.
  public let visibleMask: RunLengthMask
  /// The pixels of the whole object, as if nothing covered it, among them the visible ones.
  public let amodalMask: RunLengthMask
  /// Whether this is a group of objects: no object to learn, and one that counts neither if it is found nor if it is not.
  public let isCrowd: Bool
  /// The tight box of the amodal mask.
  public let box: PixelBox

  /// Creates the annotation of an object; nil if its amodal mask is empty, so that no part of it is in the image.
  ///
  /// - Parameters:
  ///   - label: the position of the object's class among those of its task.
  ///   - visibleMask: the pixels at which the object is seen.
  ///   - amodalMask: the pixels of the whole object, of the same size; masks of two sizes stop the process.
  ///   - isCrowd: whether this is a group of objects.
  public init?(label: Int, visibleMask: RunLengthMask, amodalMask: RunLengthMask, isCrowd: Bool = false) {
    require(
      visibleMask.height == amodalMask.height && visibleMask.width == amodalMask.width,
      "an object's masks are \(visibleMask.height)×\(visibleMask.width) and \(amodalMask.height)×\(amodalMask.width)")
    guard let box = amodalMask.box else { return nil }
    self.label = label
    self.visibleMask = visibleMask
    self.amodalMask = amodalMask
    self.isCrowd = isCrowd
    self.box = box
  }

  /// The fraction of the object, as far as it lies in the image, that something covers: `1 − |visible| / |amodal|`.
  public var occludedFraction: Double { 1 - Double(visibleMask.area) / Double(amodalMask.area) }
}
