/// Names from files as tables that are no HTML can hold them.
extension String {
  /// On one line, without what a terminal obeys.
  var onOneLine: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }

  /// As plain text in a cell of a Markdown table.
  var escapedForMarkdown: String {
    onOneLine.map { "\\`*[]<|".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }

  /// As plain text in a cell of a LaTeX table.
  var escapedForLatex: String {
    let special: [Character: String] = [
      "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "δ": "$\\delta$",
      "Δ": "$\\Delta$", "°": "$^\\circ$", "<": "$<$", ">": "$>$", "|": "\\textbar{}",
    ]
    return onOneLine.map { special[$0] ?? ("%_&#${}".contains($0) ? "\\\($0)" : "\($0)") }.joined()
  }

  /// As a field of CSV, in quotes where it needs them.
  var quotedForCSV: String {
    unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) } ? "\"\(replacing("\"", with: "\"\""))\"" : self
  }
}

extension [[String]] {
  /// Rows of cells as CSV, a line for each.
  var csv: String { map { $0.map(\.quotedForCSV).joined(separator: ",") }.joined(separator: "\n") + "\n" }
}
