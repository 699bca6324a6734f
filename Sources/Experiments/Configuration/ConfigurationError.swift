import Support
import Yams

/// Something wrong with a configuration: where, what, and what would be right.
public struct ConfigurationError: Error, CustomStringConvertible, Sendable {
  /// The message: where the error is, what was found, and what would be right.
  public let description: String

  /// Creates an error with a message, of which only the start is kept if it is very long.
  public init(_ description: String) { self.description = errorText(description) }

  init(_ node: Node, in source: String, _ reason: String) {
    let line = node.mark.map { ", line \($0.line)" } ?? ""
    self.init("\(source)\(line): \(reason)")
  }
}
