/// A loss, a gradient or a penalty that is infinite or no number.
public struct NonFiniteError: Error, CustomStringConvertible, Sendable {
  /// What is not finite.
  public enum Quantity: String, Sendable {
    case loss
    case gradient
    case penalty
  }

  /// What is not finite.
  public let quantity: Quantity
  /// The name of the task that it belongs to; nil for a penalty, which belongs to no task.
  public let task: String?
  /// The value that was found.
  public let value: Double

  /// - Parameters:
  ///   - quantity: what is not finite.
  ///   - task: the name of the task that it belongs to; nil if it belongs to no task.
  ///   - value: the value that was found.
  public init(quantity: Quantity, task: String?, value: Double) {
    self.quantity = quantity
    self.task = task
    self.value = value
  }

  /// What went wrong, in a sentence.
  public var description: String {
    "the \(quantity.rawValue)\(task.map { " of task '\($0)'" } ?? "") is not finite (\(value))"
  }
}
