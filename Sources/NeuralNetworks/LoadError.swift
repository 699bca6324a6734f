/// An error of weights whose entries are not those of the network.
public struct LoadError: Error, CustomStringConvertible, Sendable {
  /// The path of the file.
  public let path: String
  /// What fits and what does not.
  public let report: LoadReport

  /// The path and the report on one line.
  public var description: String { "\(path): these are not this network's weights: \(report)" }
}
