import Foundation

extension Configuration {
  /// The first field in which this configuration, which is there, differs from another one that is given now, in
  /// parentheses after a space, for the end of a clause; empty if both are the same.
  func difference(from other: Configuration) -> String {
    // Lines of a section are as wide as the widest of them: what they set counts.
    let settings = [yaml, other.yaml].map { $0.split(separator: "\n").map(Self.setting) }
    return zip(settings[0], settings[1]).first { $0 != $1 }.map { " (there: \($0), now: \($1))" } ?? ""
  }

  /// A line of a configuration without its comment.
  private static func setting(_ line: Substring) -> String {
    line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
  }
}
