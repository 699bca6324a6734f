import Foundation

/// A change of an image's geometry, which its ground truth follows.
public enum GeometricChange: Sendable, Equatable {
  /// Left and right are exchanged.
  case flip
  /// The image is enlarged by a factor, as if the camera came closer: the distances in it are divided by the factor.
  case scale(factor: Float)
  /// The image gets another size; the camera stays where it is.
  case resize(height: Int, width: Int)
  /// The part that begins at a row and a column is cut out. Where it extends beyond the image, it is black, and
  /// unknown.
  case crop(row: Int, column: Int, height: Int, width: Int)
  /// The image turns about its center, counterclockwise as it is seen, and keeps its size. What comes in from beyond
  /// the image is black, and unknown.
  case rotate(degrees: Float)

  /// Returns the size of an image after the change, in pixels.
  public func size(fromHeight height: Int, width: Int) -> (height: Int, width: Int) {
    switch self {
    case .flip, .rotate: (height, width)
    case .scale(let factor):
      (max(1, Int((Float(height) * factor).rounded())), max(1, Int((Float(width) * factor).rounded())))
    case .resize(let newHeight, let newWidth): (newHeight, newWidth)
    case .crop(_, _, let newHeight, let newWidth): (newHeight, newWidth)
    }
  }
}

/// A turn about an image's center.
struct ImageRotation {
  let sine: Double
  let cosine: Double

  init(degrees: Float) {
    let angle = Double(degrees) * .pi / 180
    (sine, cosine) = (sin(angle), cos(angle))
  }

  /// Returns the place before the turn of the point that is at a place after it; places are in pixels from the upper
  /// left corner.
  func source(x: Double, y: Double, height: Int, width: Int) -> (x: Double, y: Double) {
    let (centerX, centerY) = (Double(width) / 2, Double(height) / 2)
    let (dx, dy) = (x - centerX, y - centerY)
    return (centerX + dx * cosine - dy * sine, centerY + dx * sine + dy * cosine)
  }

  /// Returns a vector of the image plane, x to the right and y down, after the turn.
  func turned(x: Float, y: Float) -> (x: Float, y: Float) {
    (
      Float(Double(x) * cosine + Double(y) * sine), Float(Double(y) * cosine - Double(x) * sine)
    )
  }
}
