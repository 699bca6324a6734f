extension COCOMask {
  /// The pixels inside any of the polygons, as COCO draws them: the boundary is followed on a grid five times as fine.
  ///
  /// - Parameters:
  ///   - polygons: x and y of each corner in turn, in pixels; three corners or more.
  ///   - height: the rows of pixels.
  ///   - width: the columns of pixels.
  /// - Throws: ``COCOMaskError`` if there is no polygon, for one of fewer than three corners or an odd number of
  ///   coordinates, and for a corner that is more than a million pixels away from the image.
  public init(polygons: [[Double]], height: Int, width: Int) throws(COCOMaskError) {
    _ = try Self.area(height: height, width: width)
    guard let first = polygons.first else { throw COCOMaskError("no polygon") }
    var mask = try Self(polygon: first, number: 0, height: height, width: width)
    for (number, polygon) in polygons.enumerated().dropFirst() {
      mask = .union(of: [mask, try Self(polygon: polygon, number: number, height: height, width: width)])
    }
    self = mask
  }

  private init(polygon: [Double], number: Int, height: Int, width: Int) throws(COCOMaskError) {
    guard polygon.count >= 6, polygon.count.isMultiple(of: 2) else {
      throw COCOMaskError(
        "a polygon (number \(number) from 0) of \(polygon.count) numbers, where x and y of three corners or more are needed"
      )
    }
    for (index, coordinate) in polygon.enumerated() {
      let side = Double(index.isMultiple(of: 2) ? width : height)
      guard coordinate >= -Self.largestDistance, coordinate <= side + Self.largestDistance else {
        throw COCOMaskError(
          "a polygon (number \(number) from 0) with the coordinate \(coordinate), far outside of an image of \(height)×\(width)"
        )
      }
    }
    var boundary = PolygonBoundary(height: height, width: width)
    boundary.follow(polygon)
    self.init(boundary.runs, height: height, width: width)
  }

  /// How far from the image a corner may be, in pixels.
  private static let largestDistance = 1e6
}
