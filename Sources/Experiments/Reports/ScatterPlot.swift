import Foundation

/// A plot of points with names on two axes, drawn in the page.
struct ScatterPlot {
  struct Point {
    let label: String
    /// The position in the order of colors; nil for single-task networks.
    var color: Int?
    let x: Double
    let y: Double
    /// Half the height and width of the cross that shows how much the values vary.
    var deviation = (x: 0.0, y: 0.0)
  }

  let title: String
  let xLabel: String
  let yLabel: String
  let points: [Point]
  /// Points that a line joins, in its order; by default, there is no line.
  var line: [Point] = []

  /// Whether the line is drawn: it takes two points.
  var hasLine: Bool { corners.count > 1 }

  private var corners: [Point] { line.filter(Self.canBeDrawn) }

  private static let (width, height) = (460.0, 300.0)
  private static let (left, right, top, bottom) = (56.0, 16.0, 12.0, 40.0)
  /// That of text.
  private static let neutralColor = "currentColor"

  var html: String {
    let finite = points.filter(Self.canBeDrawn)
    guard !finite.isEmpty else { return "" }
    let xRange = Self.range(finite.flatMap { [$0.x - $0.deviation.x, $0.x + $0.deviation.x] })
    let yRange = Self.range(finite.flatMap { [$0.y - $0.deviation.y, $0.y + $0.deviation.y] })
    func px(_ x: Double) -> Double {
      Self.left + (x - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        * (Self.width - Self.left - Self.right)
    }
    func py(_ y: Double) -> Double {
      Self.height - Self.bottom - (y - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        * (Self.height - Self.top - Self.bottom)
    }
    var parts: [String] = []
    for tick in Self.ticks(xRange) {
      parts.append(Self.text(Self.number(tick), x: px(tick), y: Self.height - Self.bottom + 15, anchor: "middle"))
    }
    for tick in Self.ticks(yRange) {
      parts.append(Self.line(Self.left, py(tick), Self.width - Self.right, py(tick), style: "class=\"grid\""))
      parts.append(Self.text(Self.number(tick), x: Self.left - 6, y: py(tick) + 4, anchor: "end"))
    }
    if hasLine {
      let places = corners.map { "\(Self.digits(px($0.x))),\(Self.digits(py($0.y)))" }
      parts.append(
        "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" stroke=\"#8a929c\" stroke-dasharray=\"4 3\"/>"
      )
    }
    var labels = LabelPlacement(width: Self.width)
    for point in finite {
      let color = point.color.map { reportColors[$0 % reportColors.count] } ?? Self.neutralColor
      let (x, y) = (px(point.x), py(point.y))
      let (left, right) = (px(point.x - point.deviation.x), px(point.x + point.deviation.x))
      let (low, high) = (py(point.y - point.deviation.y), py(point.y + point.deviation.y))
      let cross = "stroke=\"\(color)\""
      parts.append(Self.line(left, y, right, y, style: cross))
      parts.append(Self.line(x, low, x, high, style: cross))
      parts.append("<circle cx=\"\(Self.digits(x))\" cy=\"\(Self.digits(y))\" r=\"4\" fill=\"\(color)\"/>")
      let place = labels.place(point.label, x, y)
      parts.append(Self.text(point.label, x: place.x, y: place.y, anchor: "start"))
    }
    parts.append(Self.text(xLabel, x: (Self.left + Self.width) / 2, y: Self.height - 6, anchor: "middle"))
    return """
      <figure class="chart"><figcaption>\(HTML.escape(title))</figcaption>
      <div class="legend">\(HTML.escape(yLabel))</div>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img">\(parts.joined())</svg></figure>
      """
  }

  /// Whether the sums and differences of a point's numbers are finite.
  private static func canBeDrawn(_ point: Point) -> Bool {
    [point.x, point.y, point.deviation.x, point.deviation.y].allSatisfy { abs($0) < 1e300 }
  }

  /// Returns the range of some values, with about a tenth of room on both sides.
  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let (low, high) = (values.min()!, values.max()!)
    // The room is large enough for ticks to differ from each other.
    let room = high > low ? max((high - low) * 0.12, max(abs(low), abs(high), 1e-6) * 1e-9) : max(abs(low) * 0.1, 1e-6)
    return (low - room)...(high + room)
  }

  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let raw = (range.upperBound - range.lowerBound) / 5
    let power = pow(10, floor(log10(raw)))
    let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
    return Array(stride(from: (range.lowerBound / step).rounded(.up) * step, through: range.upperBound, by: step))
  }

  private static func digits(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func number(_ value: Double) -> String { String(format: "%.4g", abs(value) < 1e-12 ? 0 : value) }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String {
    "<line x1=\"\(digits(x1))\" y1=\"\(digits(y1))\" x2=\"\(digits(x2))\" y2=\"\(digits(y2))\" \(style)/>"
  }

  private static func text(_ text: String, x: Double, y: Double, anchor: String) -> String {
    "<text x=\"\(digits(x))\" y=\"\(digits(y))\" text-anchor=\"\(anchor)\">\(HTML.escape(text))</text>"
  }
}

/// The places of names beside their points, where no other name is yet.
private struct LabelPlacement {
  let width: Double
  private var taken: [(x: ClosedRange<Double>, y: Double)] = []

  private static let (letterWidth, lineHeight) = (6.2, 12.0)

  init(width: Double) { self.width = width }

  /// Finds a place for the name of a point.
  ///
  /// - Returns: the place where the text starts.
  mutating func place(_ label: String, _ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let length = Double(label.count) * Self.letterWidth
    let sides = [x + 7, x - 7 - length].filter { $0 > 0 && $0 + length < width }
    let heights = [-5.0, 13, -17, 25, -29, 37]
    let places = heights.flatMap { height in
      (sides.isEmpty ? [max(0, width - length)] : sides).map { (x: $0, y: y + height) }
    }
    let free = places.first { place in
      !taken.contains { $0.x.overlaps(place.x...(place.x + length)) && abs($0.y - place.y) < Self.lineHeight }
    }
    let chosen = free ?? places[0]
    taken.append((chosen.x...(chosen.x + length), chosen.y))
    return chosen
  }
}
