extension COCOMask {
  /// The pixels inside any of the polygons, as COCO draws them: the boundary is followed on a grid five times as fine.
  ///
  /// - Parameters:
  ///   - polygons: x and y of each corner in turn, in pixels; three corners or more.
  ///   - height: the rows of pixels.
  ///   - width: the columns of pixels.
  /// - Throws: ``COCOMaskError`` if there is no polygon, for one of fewer than three corners or an odd number of coordinates, and for
  ///   a corner that is more than 10,000 pixels away from the image.
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
  private static let largestDistance = 10_000.0
}

/// Where the boundary of a polygon crosses the centers of columns.
///
/// All is rounded as in COCO's own code (`rleFrPoly` in `maskApi.c`), so that masks agree in every pixel.
private struct PolygonBoundary {
  let height: Int
  let width: Int
  /// The places, counted column by column, at which inside and outside change.
  private var crossings: [Int] = []

  /// How many times as fine as pixels the grid is.
  private static let scale = 5

  init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// Walks along all edges.
  mutating func follow(_ polygon: [Double]) {
    // Rounded toward zero, below zero too.
    let points = polygon.map { Int(Double(Self.scale) * $0 + 0.5) }
    let count = points.count / 2
    // The first point of the next edge is the last one of this.
    var last: (u: Int, v: Int)?
    for corner in 0..<count {
      let next = (corner + 1) % count
      follow(
        from: (points[2 * corner], points[2 * corner + 1]), to: (points[2 * next], points[2 * next + 1]), last: &last)
    }
  }

  private mutating func follow(from start: (x: Int, y: Int), to end: (x: Int, y: Int), last: inout (u: Int, v: Int)?) {
    let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
    let isFlat = dx >= dy
    // Both directions give the same points.
    let isReversed = isFlat ? start.x > end.x : start.y > end.y
    let (a, b) = isReversed ? (end, start) : (start, end)
    let steps = isFlat ? dx : dy
    let slope = isFlat ? Double(b.y - a.y) / Double(dx) : Double(b.x - a.x) / Double(dy)
    for step in 0...steps {
      let t = isReversed ? steps - step : step
      let point =
        isFlat
        ? (u: a.x + t, v: Int(Double(a.y) + (steps == 0 ? 0 : slope * Double(t)) + 0.5))
        : (u: Int(Double(a.x) + slope * Double(t) + 0.5), v: a.y + t)
      if let last, last.u != point.u { cross(from: last, to: point) }
      last = point
    }
  }

  /// Notes the crossing of the center of a column, if there is one between two neighbors of the fine grid.
  private mutating func cross(from last: (u: Int, v: Int), to point: (u: Int, v: Int)) {
    let u = point.u < last.u ? point.u : point.u - 1
    let x = (Double(u) + 0.5) / Double(Self.scale) - 0.5
    guard x.rounded(.down) == x, x >= 0, x <= Double(width - 1) else { return }
    let y = (Double(min(point.v, last.v)) + 0.5) / Double(Self.scale) - 0.5
    crossings.append(Int(x) * height + Int(min(max(y, 0), Double(height)).rounded(.up)))
  }

  /// Inside and outside in turn.
  var runs: RunLengths {
    var runs = RunLengths(capacity: crossings.count + 1)
    var value = false
    for crossing in crossings.sorted() {
      runs.append(crossing - runs.total, of: value)
      value.toggle()
    }
    runs.append(height * width - runs.total, of: value)
    return runs
  }
}
