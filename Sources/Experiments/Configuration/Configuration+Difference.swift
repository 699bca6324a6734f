import Foundation

extension Configuration {
  /// The first field in which this configuration, which is there, differs from another one that is given now; nil if both
  /// are the same.
  func difference(from other: Configuration) -> String? {
    zip(yaml.split(separator: "\n"), other.yaml.split(separator: "\n")).first { $0 != $1 }
      .map { "there: \(Self.setting($0)), now: \(Self.setting($1))" }
  }

  /// A line of a configuration without its comment.
  private static func setting(_ line: Substring) -> String {
    line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
  }
}
