import Foundation

/// Points with names on two axes, as a picture in the page.
struct ScatterPlot {
  struct Point {
    let label: String
    let x: Double
    let y: Double
    /// Half the height and width of the cross that shows how much the values vary.
    var deviation = (x: 0.0, y: 0.0)
  }

  let title: String
  let xLabel: String
  let yLabel: String
  let points: [Point]

  private static let (width, height) = (460.0, 300.0)
  private static let (left, right, top, bottom) = (56.0, 16.0, 12.0, 40.0)
  private static let colors = [
    "#2f6fde", "#d9622b", "#2a9d62", "#b0408f", "#8a6d1f", "#20909c", "#7a52c7", "#c23b3b", "#5a6472",
  ]

  var html: String {
    let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !finite.isEmpty else { return "" }
    let (xRange, yRange) = (Self.range(finite.map(\.x)), Self.range(finite.map(\.y)))
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
    for (index, point) in finite.enumerated() {
      let stroke = "stroke=\"\(Self.colors[index % Self.colors.count])\""
      let (x, y) = (px(point.x), py(point.y))
      parts.append(Self.line(px(point.x - point.deviation.x), y, px(point.x + point.deviation.x), y, style: stroke))
      parts.append(Self.line(x, py(point.y - point.deviation.y), x, py(point.y + point.deviation.y), style: stroke))
      parts.append(
        "<circle cx=\"\(Self.digits(x))\" cy=\"\(Self.digits(y))\" r=\"4\" fill=\"\(Self.colors[index % Self.colors.count])\"/>"
      )
      let isRight = x > Self.width * 0.75
      parts.append(Self.text(point.label, x: x + (isRight ? -7 : 7), y: y - 5, anchor: isRight ? "end" : "start"))
    }
    parts.append(Self.text(xLabel, x: (Self.left + Self.width) / 2, y: Self.height - 6, anchor: "middle"))
    return """
      <figure class="chart"><figcaption>\(HTML.escape(title))</figcaption>
      <div class="legend">\(HTML.escape(yLabel))</div>
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img">\(parts.joined())</svg></figure>
      """
  }

  /// The values with a tenth of room on both sides.
  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let (low, high) = (values.min()!, values.max()!)
    let room = high > low ? (high - low) * 0.12 : max(abs(low) * 0.1, 1e-6)
    return (low - room)...(high + room)
  }

  private static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let raw = (range.upperBound - range.lowerBound) / 4
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
