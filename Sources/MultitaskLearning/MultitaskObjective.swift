import NeuralNetworks
import Torch

/// K losses of one network on one batch: all that a method knows of the network and its data.
///
/// A forward pass has two parts, so that methods may work between them: what the tasks share, and what each
/// task makes of it. Positions in `tasks` name the tasks everywhere.
public protocol MultitaskObjective {
  var tasks: [String] { get }

  /// For each task how many labels the batch has, over which the task's loss is a mean; defaults to one for every task.
  ///
  /// A task without labels is absent from the step: its loss is not asked for, it has no row in G, and what is its own
  /// stays as it is. Where a batch is cut into parts, a part's loss counts by its number of labels.
  var labelCounts: [Double] { get }

  /// Which features ``features(for:)`` gives; defaults to features that all tasks share.
  ///
  /// It is asked before anything is computed: where each task has its own, one task's graph is kept at a time.
  var featureKind: Features.Kind { get }

  /// What the network draws random numbers from while it trains; defaults to nil, for a network that draws none.
  ///
  /// Evaluations beside the step give it its state back.
  var generator: RandomGenerator? { get }

  /// A number that is added to the losses' sum and belongs to no task, such as the sparsity of gates; defaults to nil.
  ///
  /// It is a function of parameters, no row of G, and counts once in a step, whatever the parts of the batch and the
  /// updates of the schedule.
  func penalty() -> Tensor?

  /// Takes the gradients of the weighted losses with respect to the shared features, where a step computes them, before it
  /// asks for the ``penalty()``; by default, nothing becomes of them.
  ///
  /// - Parameters:
  ///   - gradients: of each task, for each map of features, in the shapes of these.
  ///   - tasks: the positions of the tasks.
  func observe(featureGradients gradients: [[Tensor]], of tasks: [Int])

  /// What the losses of the given tasks start from: of the kind that ``featureKind`` declares, or none where tasks share
  /// their features.
  func features(for tasks: [Int]) -> Features

  /// The losses of the given tasks, one number each, in their order. Each of them has to reach every parameter whose
  /// declared `Reach` includes the task, in every pass: a network that skips layers multiplies them by
  /// zero.
  ///
  /// - Parameters:
  ///   - tasks: the positions of the tasks.
  ///   - features: the features of these tasks at least.
  func losses(of tasks: [Int], from features: Features) -> [Tensor]
}

extension MultitaskObjective {
  /// One label for every task.
  public var labelCounts: [Double] { tasks.map { _ in 1 } }
  /// Features that all tasks share.
  public var featureKind: Features.Kind { .shared }
  /// Nil, for a network that draws no numbers.
  public var generator: RandomGenerator? { nil }

  /// Nil, for a network without a penalty.
  public func penalty() -> Tensor? { nil }

  /// Nothing becomes of the gradients.
  public func observe(featureGradients gradients: [[Tensor]], of tasks: [Int]) {}

  /// A whole forward pass.
  public func losses(of tasks: [Int]) -> [Tensor] { losses(of: tasks, from: features(for: tasks)) }
}

/// An objective whose network shares convolutions that are normalized for each task: what connection strength works on.
public protocol ConvolutionSharing: MultitaskObjective {
  var normalizedConvolutions: [NormalizedConvolution] { get }
}
