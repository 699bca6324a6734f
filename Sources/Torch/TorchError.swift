/// What libtorch refused, with the operator and its arguments.
public struct TorchError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
