import Support

extension COCOMask: COCORegion {
  /// The number of pixels in the mask.
  public var area: Double { Double(pixelCount) }

  /// The number of pixels that lie in both masks, which have the same size.
  public func intersectionArea(with other: COCOMask) -> Int {
    requireSize(of: other)
    return counts.withUnsafeBufferPointer { a in
      other.counts.withUnsafeBufferPointer { b in Self.intersectionArea(a, b) }
    }
  }

  private static func intersectionArea(_ a: UnsafeBufferPointer<UInt32>, _ b: UnsafeBufferPointer<UInt32>) -> Int {
    guard a.count > 1, b.count > 1 else { return 0 }
    var (i, j, sum) = (1, 1, 0)
    var (startA, startB) = (Int(a[0]), Int(b[0]))
    var (endA, endB) = (startA + Int(a[1]), startB + Int(b[1]))
    while true {
      sum += max(0, min(endA, endB) - max(startA, startB))
      if endA <= endB {
        i += 2
        guard i < a.count else { return sum }
        startA = endA + Int(a[i - 1])
        endA = startA + Int(a[i])
      } else {
        j += 2
        guard j < b.count else { return sum }
        startB = endB + Int(b[j - 1])
        endB = startB + Int(b[j])
      }
    }
  }

  /// The intersection over the union, or over this mask's area if the other one is a crowd; 0 if they have nothing in
  /// common. Both masks have the same size.
  public func overlap(with truth: COCOMask, isCrowd: Bool = false) -> Double {
    overlap(with: truth, isCrowd: isCrowd, intersection: intersectionArea(with: truth))
  }

  /// The overlap if the masks had as much in common as their boxes, and as the smaller one's area, allow.
  public func overlapBound(with truth: COCOMask, isCrowd: Bool) -> Double {
    requireSize(of: truth)
    let most = min(Int(box.intersectionArea(with: truth.box)), pixelCount, truth.pixelCount)
    return overlap(with: truth, isCrowd: isCrowd, intersection: most)
  }

  private func overlap(with truth: COCOMask, isCrowd: Bool, intersection: Int) -> Double {
    guard intersection > 0 else { return 0 }
    return Double(intersection) / Double(isCrowd ? pixelCount : pixelCount + truth.pixelCount - intersection)
  }

  func requireSize(of other: COCOMask) {
    require(
      height == other.height && width == other.width,
      "masks of \(height)×\(width) and of \(other.height)×\(other.width) are not of one image")
  }
}
