import Support

/// The objects of one image of a batch, with which a detector is trained.
public struct ImageObjects: Sendable, Equatable {
  /// The size of the image without what it is padded by.
  public let size: ImageSize
  /// The objects.
  public let objects: [DetectionObject]

  /// Creates the ground truth of an image. Objects of which no pixel is visible are left out. One whose masks have
  /// another size than the image stops the process.
  public init(size: ImageSize, objects: [DetectionObject]) {
    for object in objects {
      require(object.amodalMask.size == size, "an object of an image of \(object.amodalMask.size) is in one of \(size)")
    }
    self.size = size
    self.objects = objects.filter { $0.visibleMask.area > 0 }
  }

  /// The boxes of the objects.
  public var boxes: [BoundingBox] { objects.map(\.box) }
}
