import Foundation

/// The coding of a box g against a reference box b (an anchor, or a proposal), in which a network regresses it.
///
///     x = w_x (g_cx − b_cx) / b_width     width  = w_w ln(g_width / b_width)
///     y = w_y (g_cy − b_cy) / b_height    height = w_h ln(g_height / b_height)
///
/// - Source: Girshick et al., *Rich Feature Hierarchies for Accurate Object Detection and Semantic Segmentation*, CVPR
///   2014, appendix C; the weights: Ren et al., *Faster R-CNN*, NeurIPS 2015, in its public code.
public struct BoxCoder: Sendable, Equatable {
  /// The factors of the four deltas, which bring each of them to about the same spread.
  public var weights: BoxDeltas
  /// The largest logarithm of a ratio that is decoded, so that an untrained network gives finite boxes: ln(1000/16).
  public static let largestLogarithm = log(1000.0 / 16)

  /// Creates a coding with weights for x, y, width and height.
  public init(weights: BoxDeltas) { self.weights = weights }

  /// The coding against anchors: all weights are one.
  public static let proposals = BoxCoder(weights: BoxDeltas(1, 1, 1, 1))
  /// The coding against proposals: 10 for the center, and 5 for the size.
  public static let regions = BoxCoder(weights: BoxDeltas(10, 10, 5, 5))

  /// Returns the deltas of a box against a reference box; both have a positive width and height.
  public func encode(_ box: BoundingBox, against reference: BoundingBox) -> BoxDeltas {
    BoxDeltas(
      weights.x * ((box.x1 + box.x2) - (reference.x1 + reference.x2)) / 2 / reference.width,
      weights.y * ((box.y1 + box.y2) - (reference.y1 + reference.y2)) / 2 / reference.height,
      weights.width * log(box.width / reference.width), weights.height * log(box.height / reference.height))
  }

  /// Returns the box that has some deltas against a reference box. It is at most 62.5 times as wide and high as that.
  public func decode(_ deltas: BoxDeltas, against reference: BoundingBox) -> BoundingBox {
    let (width, height) = (reference.width, reference.height)
    let centerX = (reference.x1 + reference.x2) / 2 + deltas.x / weights.x * width
    let centerY = (reference.y1 + reference.y2) / 2 + deltas.y / weights.y * height
    let halfWidth = width * exp(min(deltas.width / weights.width, Self.largestLogarithm)) / 2
    let halfHeight = height * exp(min(deltas.height / weights.height, Self.largestLogarithm)) / 2
    return BoundingBox(centerX - halfWidth, centerY - halfHeight, centerX + halfWidth, centerY + halfHeight)
  }
}
