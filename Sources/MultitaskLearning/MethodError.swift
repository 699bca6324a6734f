import Support

/// A method that cannot go on, or a setting that it does not have.
public struct MethodError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = errorText(description) }
}
