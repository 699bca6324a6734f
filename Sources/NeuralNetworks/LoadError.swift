/// An error of weights whose entries are not those of the network.
public struct LoadError: Error, CustomStringConvertible, Sendable {
  /// The path of the file.
  public let path: String
  /// What fits and what does not.
  public let report: LoadReport

  /// What is known of the file beside that, such as the network that it fits; nil if nothing is.
  public var remark: String?

  /// The path, the report and the remark on one line.
  public var description: String {
    "\(path): these are not this network's weights: \(report)" + (remark.map { ". \($0)" } ?? "")
  }
}
