/// What a detection and the truth are compared as: a box or a mask.
public protocol COCORegion: Sendable {
  /// The area in pixels.
  var area: Double { get }

  /// How much a detection and the truth have in common, from 0 to 1.
  ///
  /// - Parameters:
  ///   - truth: the region of an object.
  ///   - isCrowd: whether the truth is a group of objects. Then what counts is the fraction of the detection that lies in
  ///     it, and otherwise the intersection over the union.
  func overlap(with truth: Self, isCrowd: Bool) -> Double

  /// A number that the overlap does not exceed, found without a look at every pixel; defaults to the overlap itself.
  func overlapBound(with truth: Self, isCrowd: Bool) -> Double
}

extension COCORegion {
  /// The overlap.
  public func overlapBound(with truth: Self, isCrowd: Bool) -> Double { overlap(with: truth, isCrowd: isCrowd) }
}
