/// Curves over steps, as the report's script draws them.
struct Chart: Encodable {
  struct Line: Encodable {
    let name: String
    /// The position in the order of colors: that among the lines that were given.
    let color: Int
    let x: [Double]
    let y: [Double]
  }

  let title: String
  let lines: [Line]
  /// Whether the page's smoothing applies.
  let smoothed: Bool

  /// The most points of a curve, so that the page opens quickly.
  private static let largestPointCount = 1500

  init(_ title: String, smoothed: Bool, _ lines: [(name: String, points: [(Int, Double)])]) {
    self.title = title
    self.smoothed = smoothed
    self.lines = lines.enumerated().filter { !$0.element.points.isEmpty }.map { color, line in
      let (name, points) = line
      let finite = points.filter { $0.1.isFinite }
      let stride = max(1, finite.count / Self.largestPointCount)
      let kept = finite.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
      return Line(name: name, color: color, x: kept.map { Double($0.0) }, y: kept.map(\.1))
    }
  }
}
