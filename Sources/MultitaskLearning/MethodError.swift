import Support

/// A method that cannot go on, or a setting that it does not have.
public struct MethodError: Error, CustomStringConvertible, Sendable {
  /// What went wrong, in a sentence.
  public let description: String

  /// An error with a description, in a sentence.
  public init(_ description: String) { self.description = errorText(description) }
}
