/// A rectangle in an image, with sides parallel to the image's.
///
/// Coordinates are continuous, in pixels: a pixel in column 3 reaches from x = 3 to x = 4, so that the box around the
/// columns 3 to 5 reaches from 3 to 6.
public struct BoundingBox: Sendable, Hashable {
  /// The left side.
  public var x1: Double
  /// The upper side.
  public var y1: Double
  /// The right side.
  public var x2: Double
  /// The lower side.
  public var y2: Double

  /// Creates a box from its left, upper, right and lower side.
  public init(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// The distance of the vertical sides; negative if the right side lies left of the left one.
  public var width: Double { x2 - x1 }
  /// The distance of the horizontal sides; negative if the lower side lies above the upper one.
  public var height: Double { y2 - y1 }
  /// The product of width and height, in square pixels.
  public var area: Double { width * height }

  /// Whether the box has no inside: a side is not positive, or not a number.
  public var isEmpty: Bool { !(width > 0 && height > 0) }
  /// Whether all coordinates are finite numbers.
  public var isFinite: Bool { x1.isFinite && y1.isFinite && x2.isFinite && y2.isFinite }

  /// Returns the part of the box that lies in an image; empty if there is none.
  public func clipped(to image: ImageSize) -> BoundingBox {
    let (right, bottom) = (Double(image.width), Double(image.height))
    func clip(_ value: Double, _ limit: Double) -> Double { value < 0 ? 0 : value > limit ? limit : value }
    return BoundingBox(clip(x1, right), clip(y1, bottom), clip(x2, right), clip(y2, bottom))
  }

  /// Returns the box in an image that is resized by a factor for each axis.
  public func scaled(x: Double, y: Double) -> BoundingBox { BoundingBox(x1 * x, y1 * y, x2 * x, y2 * y) }

  /// Returns the box in an image of some width in which left and right are exchanged.
  public func flipped(width: Double) -> BoundingBox { BoundingBox(width - x2, y1, width - x1, y2) }
}
