/// Weights that do not belong to the network.
public struct LoadError: Error, CustomStringConvertible, Sendable {
  public let path: String
  public let report: LoadReport

  public var description: String { "\(path): these are not this network's weights: \(report)" }
}
