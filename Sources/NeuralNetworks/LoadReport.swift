import Support

/// The result of loading weights: the names of the entries that fit, and of those that do not.
public struct LoadReport: Sendable, CustomStringConvertible {
  /// The entries that were loaded.
  public var loaded: [String] = []
  /// The entries that the network has and the file lacks.
  public var missing: [String] = []
  /// The entries that the file has and the network lacks, which belong to another architecture.
  public var unexpected: [String] = []
  /// The entries that the file has and the network does not need: those of a classifier.
  public var unused: [String] = []
  /// The entries whose shape in the file is not the network's.
  public var wronglyShaped: [(name: String, expected: [Int], found: [Int])] = []

  /// Whether the network and the file have the same entries in the same shapes, apart from the unused ones.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && wronglyShaped.isEmpty }

  /// A summary on one line, with at most six names of each kind.
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
