extension BoundingBox {
  /// Returns the area that two boxes share, in square pixels: zero if they are disjoint, touch or are empty.
  public func intersection(with other: BoundingBox) -> Double {
    let width = min(x2, other.x2) - max(x1, other.x1)
    let height = min(y2, other.y2) - max(y1, other.y1)
    return width > 0 && height > 0 ? width * height : 0
  }

  /// Returns the fraction of the union of two boxes that both share: from 0, for boxes that are disjoint, touch or are
  /// empty, to 1.
  ///
  /// - Source: Everingham et al., *The PASCAL Visual Object Classes (VOC) Challenge*, IJCV 2010, section 4.2.
  public func intersectionOverUnion(with other: BoundingBox) -> Double {
    let intersection = intersection(with: other)
    return intersection > 0 ? intersection / (area + other.area - intersection) : 0
  }
}
