import Foundation

/// The elements of which pages are made.
enum HTML {
  static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }

  /// Returns an image that the page itself holds.
  static func image(_ png: Data, title: String) -> String {
    "<img src=\"data:image/png;base64,\(png.base64EncodedString())\" alt=\"\(escape(title))\" title=\"\(escape(title))\">"
  }

  /// Returns a cell whose background shows how large its number is.
  ///
  /// - Parameters:
  ///   - text: the content of the cell, as HTML.
  ///   - color: the color of the background: red, green and blue from 0 to 255, with commas between them.
  ///   - strength: the strength of the color, from 0 to 1.
  ///   - title: the text that appears above the cell, not as HTML; empty for none.
  static func shaded(_ text: String, color: String, strength: Double, title: String = "") -> String {
    let opacity = String(format: "%.2f", min(1, max(0, strength)) * 0.8)
    return
      "<span class=\"cell\" title=\"\(escape(title))\" style=\"background:rgba(\(color),\(opacity))\">\(text)</span>"
  }

  /// Returns a cell that is green above zero, red below.
  ///
  /// - Parameters:
  ///   - value: the number in the cell.
  ///   - format: the format in which the number is written.
  ///   - largest: the absolute value that the full color stands for.
  static func signed(_ value: Double, format: String, largest: Double = 1) -> String {
    shaded(
      String(format: format, value), color: value >= 0 ? agreement : conflict, strength: abs(value) / largest)
  }

  static let (agreement, conflict, share) = ("42, 157, 98", "194, 59, 59", "47, 111, 222")

  /// Returns a table of tasks beside tasks.
  static func matrix(_ tasks: [String], cell: (Int, Int) -> String) -> String {
    let rows = tasks.indices.map { i in [escape(tasks[i])] + tasks.indices.map { cell(i, $0) } }
    return table([""] + tasks, rows, class: "matrix")
  }

  /// Returns cells for a row of cosines, one for each bin from −1 to 1, the darker the more there are, and the
  /// percentage below zero.
  static func histogram(_ cosines: [Double], binCount: Int) -> [String] {
    var counts = [Int](repeating: 0, count: binCount)
    for cosine in cosines where !cosine.isNaN {
      let position = (min(1, max(-1, cosine)) + 1) / 2 * Double(binCount)
      counts[min(binCount - 1, Int(position))] += 1
    }
    let largest = Double(max(1, counts.max() ?? 1))
    let negative = Double(cosines.count { $0 < 0 }) / Double(max(1, cosines.count))
    return counts.enumerated().map { bin, count in
      shaded(
        "&nbsp;", color: bin < binCount / 2 ? conflict : agreement, strength: Double(count) / largest,
        title: "\(count) of \(cosines.count)")
    } + [String(format: "%.0f %%", negative * 100)]
  }

  /// Returns the header above ``histogram(_:binCount:)``: every fifth bin's lower end.
  static func cosineBins(_ binCount: Int) -> [String] {
    (0..<binCount).map { bin in bin % 5 == 0 ? String(format: "%.1f", Double(bin) / Double(binCount) * 2 - 1) : "" }
  }

  /// Returns a table.
  ///
  /// - Parameters:
  ///   - header: the texts above the columns, not as HTML.
  ///   - rows: the cells of each row, as HTML.
  ///   - style: the class of the table in the page's style.
  static func table(_ header: [String], _ rows: [[String]], class style: String = "") -> String {
    let head = header.map { "<th>\(escape($0))</th>" }.joined()
    let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
    return "<table class=\"\(style)\"><thead><tr>\(head)</tr></thead><tbody>\n\(body)\n</tbody></table>"
  }

  /// Returns JSON that can stand in a script element: not only `</script` has a meaning there, but also `<!--` and
  /// `<script`, and in JSON, `<` occurs in texts alone.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).replacing("<", with: "\\u003c")
  }
}
