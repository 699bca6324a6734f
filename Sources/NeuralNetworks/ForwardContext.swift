import Torch

/// How a network is evaluated: in training (with dropout, batch statistics) or not; and for which tasks, where layers of
/// the shared part differ between tasks.
public struct ForwardContext: Sendable {
  public let isTraining: Bool
  /// Several: their streams lie one after another along the batch.
  public let tasks: [String]
  /// The source of dropout's and stochastic depth's draws; nil in evaluation.
  public let generator: RandomGenerator?

  /// - Parameter generator: the source of dropout's and stochastic depth's draws.
  public static func training(_ generator: RandomGenerator) -> ForwardContext {
    ForwardContext(isTraining: true, tasks: [], generator: generator)
  }
  public static let evaluation = ForwardContext(isTraining: false, tasks: [], generator: nil)

  /// The same for one task.
  public func `for`(task: String) -> ForwardContext { self.for(tasks: [task]) }

  /// The same for some tasks.
  public func `for`(tasks: [String]) -> ForwardContext {
    ForwardContext(isTraining: isTraining, tasks: tasks, generator: generator)
  }

  /// What the tasks have shared so far, once for each of them: (tasks · batch) × ….
  public func stacked(_ input: Tensor) -> Tensor {
    guard tasks.count > 1 else { return input }
    let shape = input.shape
    return input.reshaped([1] + shape).expanded([tasks.count] + shape).reshaped(
      [tasks.count * shape[0]] + shape.dropFirst())
  }
}
