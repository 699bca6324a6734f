/// Where the boundary of a polygon crosses the centers of columns.
///
/// All is rounded as in COCO's own code (`rleFrPoly` in `maskApi.c`), so that masks agree in every pixel. That code walks
/// along every edge on a grid five times as fine as pixels; here, only the steps that cross a center are looked for.
struct PolygonBoundary {
  let height: Int
  let width: Int
  /// The places, counted column by column, at which inside and outside change.
  private var crossings: [Int] = []

  /// A point of the fine grid.
  private typealias Point = (x: Int, y: Int)

  /// How many times as fine as pixels the grid is.
  private static let scale = 5

  init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// Walks along all edges.
  ///
  /// - Parameter polygon: x and y of each corner in turn.
  mutating func follow(_ polygon: [Double]) {
    // Rounded toward zero, below zero too.
    let grid = polygon.map { Int(Double(Self.scale) * $0 + 0.5) }
    let corners: [Point] = stride(from: 0, to: grid.count, by: 2).map { (grid[$0], grid[$0 + 1]) }
    for (index, corner) in corners.enumerated() { follow(from: corner, to: corners[(index + 1) % corners.count]) }
  }

  private mutating func follow(from start: Point, to end: Point) {
    let (dx, dy) = (abs(end.x - start.x), abs(end.y - start.y))
    let isFlat = dx >= dy
    // Both directions give the same points.
    let (a, b) = (isFlat ? start.x > end.x : start.y > end.y) ? (end, start) : (start, end)
    for column in columns(between: min(a.x, b.x), and: max(a.x, b.x)) {
      // Its center lies between this place of the fine grid and the next.
      let place = Self.scale * column + Self.scale / 2
      cross(column, at: isFlat ? Self.flatCrossing(a, b, at: place) : Self.steepCrossing(a, b, at: place))
    }
  }

  /// The columns whose centers lie between two places of the fine grid.
  private func columns(between low: Int, and high: Int) -> Range<Int> {
    let half = Self.scale / 2
    let first = max(0, low - half + Self.scale - 1) / Self.scale
    let end = max(0, high - half + Self.scale - 1) / Self.scale
    return min(first, width)..<min(max(first, end), width)
  }

  /// The upper one of the two points on both sides of a center, where an edge goes one place to the right in every step.
  private static func flatCrossing(_ a: Point, _ b: Point, at place: Int) -> Int {
    let slope = Double(b.y - a.y) / Double(b.x - a.x)
    func y(_ step: Int) -> Int { Int(Double(a.y) + slope * Double(step) + 0.5) }
    return min(y(place - a.x), y(place + 1 - a.x))
  }

  /// The same where an edge goes one place down in every step.
  private static func steepCrossing(_ a: Point, _ b: Point, at place: Int) -> Int {
    let slope = Double(b.x - a.x) / Double(b.y - a.y)
    func isBeyond(_ step: Int) -> Bool {
      let x = Int(Double(a.x) + slope * Double(step) + 0.5)
      return slope > 0 ? x > place : x <= place
    }
    // The first step that is beyond the center; the last step is.
    var (low, high) = (0, b.y - a.y)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(middle) { high = middle } else { low = middle + 1 }
    }
    return a.y + low - 1
  }

  private mutating func cross(_ column: Int, at gridY: Int) {
    let y = (Double(gridY) + 0.5) / Double(Self.scale) - 0.5
    crossings.append(column * height + Int(min(max(y, 0), Double(height)).rounded(.up)))
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
