import MultitaskLearning

/// The layout of what commands list.
enum CatalogueText {
  /// Returns a title, and a line for each entry.
  static func section(_ title: String, _ entries: [(name: String, summary: String)]) -> String {
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { entry in
      "  \(entry.name)\(String(repeating: " ", count: width - entry.name.count))  \(entry.summary)"
    }
    return ([title] + lines).joined(separator: "\n")
  }

  /// Returns the description of an entry with parameters: what it does, where it comes from, what can be set.
  ///
  /// - Parameters:
  ///   - entry: the entry.
  ///   - kind: what the entry is, such as `loss weighting`.
  ///   - field: the configuration's field that names the entry, such as `method.weighting`.
  static func description<Method>(of entry: MethodEntry<Method>, kind: String, field: String) -> String {
    let lines = ["\(entry.name) (\(kind))", "  \(entry.summary)", "  paper: \(entry.paper)"]
    return (lines + parameters(entry.parameters, of: entry.name, field: field)).joined(separator: "\n")
  }

  /// Returns a line for each parameter of an entry, and one that says how they are set.
  static func parameters(_ parameters: [MethodParameter], of name: String, field: String) -> [String] {
    var lines = [parameters.isEmpty ? "  no parameters" : "  parameters:"]
    for parameter in parameters {
      let standard = parameter.defaultValue.map { "default \($0)" } ?? "may be left out"
      lines.append("    \(parameter.name): \(parameter.summary); \(parameter.allowed); \(standard)")
    }
    if let first = parameters.first {
      let path = field.split(separator: ".")
      lines.append(
        "  set one by --set \(field).\(first.name)=…, or in a file: \(path[0]): {\(path[1]): {name: \(name), \(first.name): …}}"
      )
    }
    return lines
  }
}
