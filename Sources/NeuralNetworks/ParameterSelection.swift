import Support

/// Some parameters of a network.
public enum ParameterSelection: Hashable, Sendable, CustomStringConvertible {
  /// The parameters whose names match a pattern, in which `*` stands for any characters: `backbone.*`, `*.norm*`.
  case names(String)
  /// The parameters that the network has declared to be in an optimizer group.
  case group(String)

  /// Whether a parameter is one of the selected ones.
  public func contains(_ parameter: Parameter) -> Bool {
    switch self {
    case .names(let pattern): matches(parameter.name, pattern: pattern)
    case .group(let name): parameter.declaredGroup == name
    }
  }

  /// The selection in words, for errors.
  public var description: String {
    switch self {
    case .names(let pattern): "the pattern '\(excerpt(pattern))'"
    case .group(let name): "the group '\(excerpt(name))'"
    }
  }
}

/// An error of a selection that contains no parameter of a network.
public struct ParameterSelectionError: Error, CustomStringConvertible, Sendable {
  /// What was selected, and which names are near.
  public let description: String

  init(_ selection: ParameterSelection, among parameters: [Parameter]) {
    switch selection {
    case .names(let pattern):
      let suggestion = Self.suggestion(for: pattern, among: parameters.map(\.name))
      description = errorText("\(selection) matches no parameter's name.\(suggestion)")
    case .group(let name):
      let groups = Set(parameters.map(\.declaredGroup)).sorted()
      description = errorText(unknownName("optimizer group", name, among: groups))
    }
  }

  private static func suggestion(for pattern: String, among names: [String]) -> String {
    let parts = names.map { $0.split(separator: ".").map(String.init) }
    let places = Set(parts.flatMap { parts in parts.indices.map { parts[...$0].joined(separator: ".") } })
    let firsts = Set(parts.compactMap(\.first)).sorted()
    let patterns = (places.map { "\($0).*" } + names).sorted()
    let beginning = " The names begin with: \(firsts.joined(separator: ", "))"
    if let nearest = nearestName(pattern, among: patterns) { return " Did you mean '\(nearest)'?\(beginning)" }
    // A pattern such as *.nrm*: its words, each beside those of the names.
    let words = Set(parts.joined()).sorted()
    let unknown = pattern.split { $0 == "." || $0 == "*" }.map(String.init)
      .first { word in !words.contains { $0.contains(word) } }
    guard let unknown, let nearest = nearestName(unknown, among: words) else { return beginning }
    return " No name has '\(excerpt(unknown))' in it, but some have '\(nearest)'.\(beginning)"
  }
}
