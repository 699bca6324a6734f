/// The beginning of a text on one line, for errors that quote what a file or a person said.
///
/// Line breaks and other control characters become spaces: a terminal shows a quotation as it is, and obeys it, too.
///
/// - Parameters:
///   - text: the text, of any length.
///   - limit: the most characters that are kept.
public func excerpt(_ text: String, limit: Int = 100) -> String {
  let beginning = String.UnicodeScalarView(text.unicodeScalars.prefix(4 * limit))
  let line = String(String.UnicodeScalarView(beginning.map { isControl($0) ? " " : $0 }))
  let isShortened = line.count > limit || text.unicodeScalars.count > beginning.count
  return isShortened ? line.prefix(limit) + "…" : line
}

/// The text of an error, in which a name or a path from a file may be quoted whole: no longer than a person reads.
public func errorText(_ text: String) -> String {
  text.utf8.count <= 2400 ? text : text.prefix(600) + "…"
}

/// Whether a text holds characters that move the cursor or break lines.
public func hasControlCharacters(_ text: String) -> Bool { text.unicodeScalars.contains(where: isControl) }

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
