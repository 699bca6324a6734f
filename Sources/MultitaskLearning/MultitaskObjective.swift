import NeuralNetworks
import Torch

/// K losses of one network on one batch: all that a method knows of the network and its data.
///
/// A forward pass has two parts, so that methods may work between them: what the tasks share, and what each
/// task makes of it. Parameters that all tasks share belong to the first part: where gradients are taken at the features,
/// nothing behind them is shared. Positions in `tasks` name the tasks everywhere.
public protocol MultitaskObjective {
  var tasks: [String] { get }

  /// Whether each task has features of its own, because layers of the shared encoder differ between tasks.
  var featuresDependOnTask: Bool { get }

  /// The shared features Z that the given tasks' decoders start from; empty where a network has none.
  func features(for tasks: [Int]) -> [Tensor]

  /// The losses of the given tasks, one number each, in their order.
  func losses(of tasks: [Int], from features: [Tensor]) -> [Tensor]
}

extension MultitaskObjective {
  public var featuresDependOnTask: Bool { false }

  /// A whole forward pass.
  public func losses(of tasks: [Int]) -> [Tensor] { losses(of: tasks, from: features(for: tasks)) }
}

/// An objective whose network shares convolutions that are normalised for each task: what connection strength works on.
public protocol SharesConvolutions: MultitaskObjective {
  var normalizedConvolutions: [NormalizedConvolution] { get }
}
