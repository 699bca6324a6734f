import Foundation
import MultitaskLearning
import Yams

/// A field of a configuration section: its name, its meaning, how it is read and written.
struct Field<Section> {
  let name: String
  let summary: String
  /// What a value has to be, for errors and help.
  let allowed: String
  /// Gives false when the node is nothing like what is allowed.
  let read: (inout Section, Node) -> Bool
  /// As YAML.
  let write: (Section) -> String
  /// The values of a field that has few.
  var choices: [String] = []

  /// The nearest choice to what was found.
  func suggestion(for node: Node) -> String {
    guard let text = node.scalar?.string, let nearest = nearestName(text, among: choices) else { return "" }
    return ". Did you mean '\(nearest)'?"
  }
}

extension Field {
  static func integer(
    _ name: String, _ path: WritableKeyPath<Section, Int>, _ range: ClosedRange<Int>, _ summary: String
  ) -> Field {
    let allowed =
      range.upperBound == .max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Field(name: name, summary: summary, allowed: allowed) { section, node in
      guard let value = node.int, range.contains(value) else { return false }
      section[keyPath: path] = value
      return true
    } write: {
      "\($0[keyPath: path])"
    }
  }

  static func seed(_ name: String, _ path: WritableKeyPath<Section, UInt64>, _ summary: String) -> Field {
    Field(name: name, summary: summary, allowed: "a whole number from 0 to \(UInt64.max)") { section, node in
      guard let text = node.string, let value = UInt64(text) else { return false }
      section[keyPath: path] = value
      return true
    } write: {
      "\($0[keyPath: path])"
    }
  }

  static func real(
    _ name: String, _ path: WritableKeyPath<Section, Double>, _ range: ClosedRange<Double>, _ summary: String
  ) -> Field {
    let allowed =
      range.upperBound == .infinity
      ? "a number of at least \(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
    return Field(name: name, summary: summary, allowed: allowed) { section, node in
      guard let value = node.number, range.contains(value) else { return false }
      section[keyPath: path] = value
      return true
    } write: {
      "\($0[keyPath: path])"
    }
  }

  static func boolean(_ name: String, _ path: WritableKeyPath<Section, Bool>, _ summary: String) -> Field {
    Field(name: name, summary: summary, allowed: "true or false") { section, node in
      guard let value = node.bool else { return false }
      section[keyPath: path] = value
      return true
    } write: {
      "\($0[keyPath: path])"
    }
  }

  static func text(
    _ name: String, _ path: WritableKeyPath<Section, String>, among choices: [String], _ summary: String
  ) -> Field {
    var field = Field(
      name: name, summary: summary, allowed: "one of " + choices.joined(separator: ", ")
    ) { section, node in
      guard let value = node.scalar?.string, choices.contains(value) else { return false }
      section[keyPath: path] = value
      return true
    } write: {
      quoted($0[keyPath: path])
    }
    field.choices = choices
    return field
  }

  static func path(_ name: String, _ path: WritableKeyPath<Section, String?>, _ summary: String) -> Field {
    Field(name: name, summary: summary, allowed: "a path, or null") { section, node in
      guard let scalar = node.scalar else { return false }
      section[keyPath: path] = node.null != nil ? nil : scalar.string
      return true
    } write: {
      $0[keyPath: path].map(quoted) ?? "null"
    }
  }

  static func names(_ name: String, _ path: WritableKeyPath<Section, [String]>, _ summary: String) -> Field {
    Field(name: name, summary: summary, allowed: "a list of names, such as [depth, normals]") { section, node in
      let names = node.sequence?.compactMap(\.scalar?.string)
      guard let names, names.count == node.sequence?.count else { return false }
      section[keyPath: path] = names
      return true
    } write: {
      "[" + $0[keyPath: path].map(quoted).joined(separator: ", ") + "]"
    }
  }

  static func reals(
    _ name: String, _ path: WritableKeyPath<Section, [Double]>, _ range: ClosedRange<Double>, _ summary: String
  ) -> Field {
    let allowed = "a list of numbers from \(range.lowerBound) to \(range.upperBound)"
    return Field(name: name, summary: summary, allowed: allowed) { section, node in
      let values = node.sequence?.compactMap(\.number)
      guard let values, values.count == node.sequence?.count, values.allSatisfy(range.contains) else { return false }
      section[keyPath: path] = values
      return true
    } write: {
      "\($0[keyPath: path])"
    }
  }

  /// A method: a name, or `{name: …, parameter: …}`.
  static func method(
    _ name: String, _ path: WritableKeyPath<Section, MethodChoice>, _ summary: String
  ) -> Field {
    let allowed = "a method's name, or {name: …, parameter: value, …} (`polymath methods` lists them)"
    return Field(name: name, summary: summary, allowed: allowed) { section, node in
      guard let choice = MethodChoice(node) else { return false }
      section[keyPath: path] = choice
      return true
    } write: {
      $0[keyPath: path].yaml
    }
  }
}

extension Node {
  /// Yams reads `1e-3` as text: YAML 1.1 wants a point in it, people do not.
  var number: Double? { float ?? scalar.flatMap { Double($0.string) } }
}

/// YAML for a string: as it is where that is safe, in quotes otherwise.
func quoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./+".contains($0) } && Double(text) == nil
    && !["null", "true", "false", "yes", "no", "on", "off", "~", "-"].contains(text.lowercased())
  return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
}
