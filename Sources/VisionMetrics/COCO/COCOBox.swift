/// A box in an image, in pixels, as COCO's files hold it: left, top, width, height.
public struct COCOBox: Sendable, Equatable {
  /// The left side.
  public let x: Double
  /// The upper side.
  public let y: Double
  /// From left to right.
  public let width: Double
  /// From top to bottom.
  public let height: Double

  /// - Parameters:
  ///   - x: the left side.
  ///   - y: the upper side.
  ///   - width: the size from left to right.
  ///   - height: the size from top to bottom.
  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// The area that two boxes have in common, in pixels.
  func intersectionArea(with other: COCOBox) -> Double {
    let width = min(x + self.width, other.x + other.width) - max(x, other.x)
    let height = min(y + self.height, other.y + other.height) - max(y, other.y)
    return width > 0 && height > 0 ? width * height : 0
  }
}

extension COCOBox: COCORegion {
  /// Width × height, in pixels.
  public var area: Double { width * height }

  /// The intersection over the union, or over this box's area if the other one is a crowd; 0 if they have nothing in
  /// common.
  public func overlap(with truth: COCOBox, isCrowd: Bool = false) -> Double {
    let intersection = intersectionArea(with: truth)
    guard intersection > 0 else { return 0 }
    return intersection / (isCrowd ? area : area + truth.area - intersection)
  }
}
