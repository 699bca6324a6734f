import Foundation
import Support
import Yams

// What a YAML node says. Yams reads numbers as YAML 1.1 has them, in which `1:30` is ninety, `010` is eight and `1e-3` is
// text; here they are what people write.
extension Node {
  /// A whole number; `1_000` is a thousand.
  var integer: Int? { scalar.flatMap { Int($0.string.replacing("_", with: "")) } }

  var number: Double? { scalar.flatMap { Double($0.string) } }

  var boolean: Bool? {
    guard let scalar, scalar.isPlain else { return nil }
    switch scalar.string.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: return nil
    }
  }

  var isNull: Bool {
    guard let scalar, scalar.isPlain else { return false }
    return ["", "~", "null"].contains(scalar.string.lowercased())
  }

  /// For errors: on one line, and no longer than a line.
  var briefly: String { briefly(depth: 2) }

  private func briefly(depth: Int) -> String {
    switch self {
    case .scalar(let scalar): return "'\(excerpt(scalar.string, limit: 40))'"
    case .mapping: return "a mapping"
    case .sequence(let sequence):
      guard depth > 0 else { return "a list" }
      let shown = sequence.prefix(6).map { $0.briefly(depth: depth - 1) }.joined(separator: ", ")
      return excerpt("[\(shown)\(sequence.count > 6 ? ", …]" : "]")", limit: 200)
    default: return "an alias"
    }
  }

  /// The same value from no file.
  var withoutMark: Node {
    guard let scalar else { return self }
    return Node(scalar.string, scalar.tag, scalar.style)
  }
}

extension Node.Scalar {
  /// Whether it stands there without quotation marks.
  var isPlain: Bool { style == .plain || style == .any }
}

/// YAML for a string: as it is where that is safe, in quotes otherwise.
func quoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "-_./+".contains($0) } && Double(text) == nil
    && !["null", "true", "false", "yes", "no", "on", "off", "~", "-"].contains(text.lowercased())
  return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
}
