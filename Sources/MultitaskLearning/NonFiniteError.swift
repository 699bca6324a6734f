/// A loss or a gradient that is infinite or no number.
public struct NonFiniteError: Error, CustomStringConvertible, Sendable {
  public enum Quantity: String, Sendable {
    case loss
    case gradient
  }

  public let quantity: Quantity
  public let task: String
  public let value: Double

  public init(quantity: Quantity, task: String, value: Double) {
    self.quantity = quantity
    self.task = task
    self.value = value
  }

  public var description: String { "the \(quantity.rawValue) of task '\(task)' is not finite (\(value))" }
}
