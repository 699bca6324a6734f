import Support
import Yams

/// A field of a configuration section: its name, its meaning, and one rule for its values, wherever they come from.
struct Field<Section> {
  let name: String
  let summary: String
  /// What a value has to be, for errors and help.
  let allowed: String
  /// The values of a field that has few.
  let choices: [String]
  /// Gives false when the node is nothing like what is allowed.
  let read: (inout Section, Node) -> Bool
  /// Whether the section's value is allowed: one that was set in code did not pass through ``read``.
  let isAllowed: (Section) -> Bool
  /// What is wrong with a node that is not allowed, where that can be said better than by what is allowed; nil otherwise.
  let explain: (Node) -> String?
  /// As YAML.
  let write: (Section) -> String

  init<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value>, _ summary: String, allowed: String,
    choices: [String] = [], parse: @escaping (Node) -> Value?,
    isAllowed: @escaping (Value) -> Bool = { _ in true }, explain: @escaping (Node) -> String? = { _ in nil },
    write: @escaping (Value) -> String
  ) {
    self.name = name
    self.summary = summary
    self.allowed = allowed
    self.choices = choices
    read = { section, node in
      guard let value = parse(node), isAllowed(value) else { return false }
      section[keyPath: path] = value
      return true
    }
    self.explain = explain
    self.isAllowed = { isAllowed($0[keyPath: path]) }
    self.write = { write($0[keyPath: path]) }
  }

  /// What is wrong with a value.
  ///
  /// - Parameters:
  ///   - found: the value, for the message.
  ///   - text: the value, where it is text that may be a misspelled choice.
  func complaint(section: String, found: String, text: String?) -> String {
    let start = "'\(section).\(name)' is \(found)"
    guard let nearest = text.flatMap({ nearestName($0, among: choices) }) else {
      return "\(start), but has to be \(allowed)"
    }
    return "\(start). Did you mean '\(nearest)'? It has to be \(allowed)"
  }
}

extension Field {
  static func integer(
    _ name: String, _ path: WritableKeyPath<Section, Int>, _ range: ClosedRange<Int>, _ summary: String
  ) -> Field {
    Field(
      name, path, summary, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      parse: \.integer, isAllowed: range.contains
    ) { "\($0)" }
  }

  static func seed(_ name: String, _ path: WritableKeyPath<Section, UInt64>, _ summary: String) -> Field {
    Field(
      name, path, summary, allowed: "a whole number from 0 to \(UInt64.max)",
      parse: { $0.scalar.flatMap { UInt64($0.string) } }
    ) { "\($0)" }
  }

  static func real(
    _ name: String, _ path: WritableKeyPath<Section, Double>, _ range: ClosedRange<Double>, _ summary: String
  ) -> Field {
    Field(
      name, path, summary, allowed: "a number from \(range.lowerBound) to \(range.upperBound)", parse: \.number,
      isAllowed: range.contains
    ) { "\($0)" }
  }

  static func reals(
    _ name: String, _ path: WritableKeyPath<Section, [Double]>, _ range: ClosedRange<Double>, _ summary: String
  ) -> Field {
    Field(
      name, path, summary, allowed: "a list of numbers from \(range.lowerBound) to \(range.upperBound)",
      parse: { list($0, of: \.number) }, isAllowed: { $0.allSatisfy(range.contains) }
    ) { "\($0)" }
  }

  static func boolean(_ name: String, _ path: WritableKeyPath<Section, Bool>, _ summary: String) -> Field {
    Field(name, path, summary, allowed: "true or false", parse: \.boolean) { "\($0)" }
  }

  /// One of a type's few values.
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Section, Choice>, _ summary: String
  ) -> Field {
    let choices = Choice.allCases.map(\.rawValue)
    return Field(
      name, path, summary, allowed: "one of " + choices.joined(separator: ", "), choices: choices,
      parse: { $0.scalar.flatMap { Choice(rawValue: $0.string) } }
    ) { quoted($0.rawValue) }
  }

  /// A name from a list that grows.
  static func name(
    _ name: String, _ path: WritableKeyPath<Section, String>, among choices: [String], _ summary: String
  ) -> Field {
    Field(
      name, path, summary, allowed: "one of " + choices.joined(separator: ", "), choices: choices,
      parse: \.scalar?.string, isAllowed: choices.contains, write: quoted)
  }

  static func path(_ name: String, _ path: WritableKeyPath<Section, String?>, _ summary: String) -> Field {
    Field(
      name, path, summary, allowed: "a path without control characters, or null",
      parse: { node in node.scalar.map { node.isNull ? nil : $0.string } },
      isAllowed: { $0.map { !hasControlCharacters($0) } ?? true }
    ) { $0.map(quoted) ?? "null" }
  }

  /// A choice with parameters among names that are known: one of them, or `{name: …, parameter: …}`.
  ///
  /// - Parameter command: the command that lists them.
  static func method(
    _ name: String, _ path: WritableKeyPath<Section, MethodChoice>, among choices: [String],
    listedBy command: String, _ summary: String
  ) -> Field {
    Field(
      name, path, summary,
      allowed: "one of \(choices.joined(separator: ", ")), or {name: …, parameter: value, …} (`\(command)` lists them)",
      choices: choices, parse: MethodChoice.init, isAllowed: { choices.contains($0.name) },
      explain: { node in
        guard node.mapping != nil, let choice = MethodChoice(node), !choices.contains(choice.name) else { return nil }
        return unknownName(name, choice.name, among: choices)
      }, write: \.yaml)
  }

  static func names(_ name: String, _ path: WritableKeyPath<Section, [String]>, _ summary: String) -> Field {
    Field(
      name, path, summary, allowed: "a list of names, such as [depth, normals]",
      parse: { list($0, of: \.scalar?.string) }, isAllowed: { !$0.contains(where: hasControlCharacters) }
    ) { "[" + $0.map(quoted).joined(separator: ", ") + "]" }
  }

  static func paths(_ name: String, _ path: WritableKeyPath<Section, [String]>, _ summary: String) -> Field {
    Field(
      name, path, summary, allowed: "a list of paths, such as [runs/depth, runs/normals]",
      parse: { list($0, of: \.scalar?.string) },
      isAllowed: { !$0.contains { $0.isEmpty || hasControlCharacters($0) } }
    ) { "[" + $0.map(quoted).joined(separator: ", ") + "]" }
  }

  /// A choice with parameters: a name, or `{name: …, parameter: …}`. A registry knows which are allowed.
  ///
  /// - Parameter command: the command that lists them.
  static func method(
    _ name: String, _ path: WritableKeyPath<Section, MethodChoice>, listedBy command: String = "polymath methods",
    _ summary: String
  ) -> Field {
    Field(
      name, path, summary,
      allowed: "a name, or {name: …, parameter: value, …} (`\(command)` lists them)",
      parse: MethodChoice.init, write: \.yaml)
  }
}

extension Field {
  /// A choice with parameters as ``method(_:_:listedBy:_:)`` takes it, or null.
  ///
  /// - Parameter command: the command that lists them.
  static func optionalMethod(
    _ name: String, _ path: WritableKeyPath<Section, MethodChoice?>, listedBy command: String, _ summary: String
  ) -> Field {
    Field(
      name, path, summary,
      allowed: "a name without control characters, or {name: …, setting: value, …} (`\(command)` lists them), or null",
      parse: { node in node.isNull ? .some(nil) : MethodChoice(node) },
      isAllowed: { $0.map { !hasControlCharacters($0.name) } ?? true }
    ) { $0?.yaml ?? "null" }
  }
}

/// The values of a list, nil where one of them is no such value.
private func list<Value>(_ node: Node, of value: (Node) -> Value?) -> [Value]? {
  guard let sequence = node.sequence else { return nil }
  let values = sequence.compactMap(value)
  return values.count == sequence.count ? values : nil
}
