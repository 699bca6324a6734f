import Support

/// What came of loading weights: names, so that a person can tell what is wrong.
public struct LoadReport: Sendable, CustomStringConvertible {
  public var loaded: [String] = []
  /// The network has them, the file does not.
  public var missing: [String] = []
  /// The file has them, the network does not, and the file would be another network's without them.
  public var unexpected: [String] = []
  /// The file has them, and the network does without them: a classifier.
  public var unused: [String] = []
  public var wronglyShaped: [(name: String, expected: [Int], found: [Int])] = []

  /// Whether every entry has its place.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && wronglyShaped.isEmpty }

  public var description: String {
    var lines = ["\(loaded.count) entries loaded"]
    func list(_ title: String, _ names: [String]) {
      guard !names.isEmpty else { return }
      let shown = names.prefix(6).map { excerpt($0) }.joined(separator: ", ")
      lines.append("\(names.count) \(title): \(shown)\(names.count > 6 ? ", …" : "")")
    }
    list("missing in the file", missing)
    list("unknown to the network, which belong to another architecture", unexpected)
    list("of another shape", wronglyShaped.map { "\($0.name) is \($0.found), should be \($0.expected)" })
    return lines.joined(separator: "; ")
  }
}
