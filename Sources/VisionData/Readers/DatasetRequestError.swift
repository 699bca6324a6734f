import Support

/// A request that a data reader cannot serve.
public struct DatasetRequestError: Error, CustomStringConvertible, Sendable {
  /// What the request lacks, and what would be right.
  public let description: String

  /// Creates an error with a message, of which only the start is kept if it is very long.
  public init(_ description: String) { self.description = errorText(description) }
}
