/// A box in one of the images of a batch.
public struct RegionOfInterest: Sendable, Hashable {
  /// The position of the image in the batch.
  public var image: Int
  /// The box, in pixels of the image.
  public var box: BoundingBox

  /// Creates a region.
  public init(image: Int, box: BoundingBox) {
    self.image = image
    self.box = box
  }
}
