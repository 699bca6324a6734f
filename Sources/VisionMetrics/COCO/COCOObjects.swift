/// An object in an image, as it is.
public struct COCOTruth<Region: COCORegion>: Sendable {
  /// Where the object is.
  public let region: Region
  /// The number of the object's category.
  public let category: Int
  /// The area in pixels, by which the object counts as small, medium or large.
  public let area: Double
  /// Whether this is a group of objects. It need not be found, and any number of detections may lie in it.
  public let isCrowd: Bool
  /// Whether it counts neither if the object is found nor if it is not; true for a crowd.
  public let isIgnored: Bool

  /// - Parameters:
  ///   - region: where the object is.
  ///   - category: the number of its category.
  ///   - area: in pixels; defaults to that of the region.
  ///   - isCrowd: whether this is a group of objects, which counts as ignored in any case.
  ///   - isIgnored: whether it counts neither if the object is found nor if it is not.
  public init(_ region: Region, category: Int, area: Double? = nil, isCrowd: Bool = false, isIgnored: Bool = false) {
    self.region = region
    self.category = category
    self.area = area ?? region.area
    self.isCrowd = isCrowd
    self.isIgnored = isIgnored || isCrowd
  }
}

/// An object that was found in an image.
public struct COCODetection<Region: COCORegion>: Sendable {
  /// Where the object was found.
  public let region: Region
  /// The number of the category that it was taken for.
  public let category: Int
  /// How sure the detector is: higher is surer.
  public let score: Double

  /// - Parameters:
  ///   - region: where the object was found.
  ///   - category: the number of the category that it was taken for.
  ///   - score: how sure the detector is; it has to be a number.
  public init(_ region: Region, category: Int, score: Double) {
    (self.region, self.category, self.score) = (region, category, score)
  }
}
