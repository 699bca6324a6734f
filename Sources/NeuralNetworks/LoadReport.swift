/// What came of loading weights: names, so that a person can tell what is wrong.
public struct LoadReport: Sendable, CustomStringConvertible {
  public var loaded: [String] = []
  /// The network has them, the file does not.
  public var missing: [String] = []
  /// The file has them, the network does not.
  public var unexpected: [String] = []
  public var wronglyShaped: [(name: String, expected: [Int], found: [Int])] = []

  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && wronglyShaped.isEmpty }

  public var description: String {
    var lines = ["\(loaded.count) entries loaded"]
    func list(_ title: String, _ names: [String]) {
      guard !names.isEmpty else { return }
      let shown = names.prefix(6).joined(separator: ", ")
      lines.append("\(names.count) \(title): \(shown)\(names.count > 6 ? ", …" : "")")
    }
    list("missing in the file", missing)
    list("unknown to the network", unexpected)
    list("of another shape", wronglyShaped.map { "\($0.name) is \($0.found), should be \($0.expected)" })
    return lines.joined(separator: "; ")
  }
}
