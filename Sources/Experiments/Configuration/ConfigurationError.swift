import Support
import Yams

/// Something wrong with a configuration: where, what, and what would be right.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
  /// What was found, where, and what would be right.
  public let description: String

  /// Creates an error; its text is cut to a few lines.
  public init(_ description: String) { self.description = errorText(description) }

  init(_ node: Node, in source: String, _ reason: String) {
    let line = node.mark.map { ", line \($0.line)" } ?? ""
    self.init("\(source)\(line): \(reason)")
  }
}
