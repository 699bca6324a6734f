import NeuralNetworks
import Support
import Torch

/// The losses of one part of a batch, and what the tasks' gradients can be taken with respect to.
struct ForwardPass {
  /// What the gradients are taken with respect to.
  enum Graph {
    /// One graph from the parameters to all losses.
    case whole
    /// A graph for each loss; the same as ``whole`` where tasks share their features.
    case perTask
    /// Two graphs: from the parameters to the features, and from copies of these to the losses.
    case cut
  }

  /// Positions of the tasks whose losses are differentiated, in the order of ``losses``.
  let tasks: [Int]
  /// How the losses hang together.
  let graph: Graph
  /// The features that all losses start from, as the network gave them; empty where there are none.
  let sharedFeatures: [Tensor]
  /// What the losses start from where the graph is cut: the features' values, as leaves.
  let leaves: [Tensor]
  let losses: [Tensor]
  /// The losses as numbers: those of `tasks`, then of `others`.
  let values: [Double]

  /// - Parameters:
  ///   - tasks: whose losses will be differentiated.
  ///   - others: whose losses are only wanted as numbers.
  /// - Throws: ``NonFiniteError`` naming a task; ``MethodError`` where the graph is to be cut at features that are not
  ///   shared.
  init(_ objective: any MultitaskObjective, _ tasks: [Int], others: [Int] = [], graph: Graph) throws {
    self.tasks = tasks
    self.graph = graph == .perTask && objective.featureKind != .byTask ? .whole : graph
    let features = self.graph == .perTask ? Features.none : Self.features(of: objective, for: tasks)
    sharedFeatures = if case .shared(let maps) = features { maps } else { [] }
    if graph == .cut, sharedFeatures.isEmpty { throw Self.noSharedFeatures }
    leaves = graph == .cut ? sharedFeatures.map(\.leaf) : []
    losses =
      switch self.graph {
      case .whole: objective.losses(of: tasks, from: features)
      case .perTask: tasks.flatMap { objective.losses(of: [$0]) }
      case .cut: objective.losses(of: tasks, from: .shared(leaves))
      }
    let otherLosses = others.isEmpty ? [] : Self.losses(of: others, objective, features)
    values = try Self.finiteValues(of: losses + otherLosses, (tasks + others).map { objective.tasks[$0] })
  }

  static let noSharedFeatures = MethodError(
    "gradients at the shared features are wanted, but the network has no shared features")

  /// The features, of the kind that was declared.
  private static func features(of objective: any MultitaskObjective, for tasks: [Int]) -> Features {
    let features = objective.features(for: tasks)
    require(
      features.kind == objective.featureKind || (features.kind == .none && objective.featureKind == .shared),
      "\(type(of: objective)) declares features of the kind \(objective.featureKind), but gives \(features.kind)")
    // A map of frozen layers has no graph: as a leaf, it can be differentiated like the others.
    guard case .shared(let maps) = features else { return features }
    return .shared(maps.map { $0.requiresGradient ? $0 : $0.leaf })
  }

  /// Without a graph: from the same features, where those do not depend on the tasks.
  private static func losses(
    of tasks: [Int], _ objective: any MultitaskObjective, _ features: Features
  ) -> [Tensor] {
    withoutGradients {
      objective.featureKind == .byTask ? objective.losses(of: tasks) : objective.losses(of: tasks, from: features)
    }
  }

  /// What becomes of the graph after a backward pass from the task at a position of ``tasks``.
  func graphUse(after index: Int) -> GraphUse { index == tasks.count - 1 || graph == .perTask ? .release : .retain }

  /// Gradients with respect to the features as seeds for a pass through the trunk, which may compute in fewer bits.
  func seeds(_ gradients: [Tensor]) -> [Tensor] { zip(gradients, sharedFeatures).map { $0.to($1.dtype) } }

  /// A task's loss times a number, as the seed of its backward pass.
  func seed(_ index: Int, _ scale: Double) -> Tensor {
    let loss = losses[index]
    return .full(scale, loss.shape, dtype: loss.dtype, device: loss.device)
  }

  /// Adds a task's gradient to a row, which takes over the memory of the first one.
  ///
  /// - Parameters:
  ///   - index: the task's position in ``tasks``.
  ///   - scale: a number that multiplies the loss.
  ///   - leaves: what the row holds a gradient of.
  ///   - row: the gradients of `leaves` so far; nil before the first.
  ///   - own: places for the gradients of other leaves.
  func addGradient(
    _ index: Int, _ scale: Double, of leaves: [Tensor], to row: inout [Tensor]?, writing own: [GradientTarget] = []
  ) {
    let (loss, seeds, use) = ([losses[index]], [seed(index, scale)], graphUse(after: index))
    guard let earlier = row else {
      row = takeGradients(of: loss, withRespectTo: leaves, writing: own, seeds: seeds, graph: use)
      return
    }
    let sums = zip(leaves, earlier).map { GradientTarget($0, into: $1, .add) }
    writeGradients(of: loss, to: sums + own, seeds: seeds, graph: use)
  }

  /// The losses as numbers, of a pass without a graph.
  ///
  /// - Throws: ``NonFiniteError`` naming a task.
  static func values(of tasks: [Int], _ objective: any MultitaskObjective) throws -> [Double] {
    guard !tasks.isEmpty else { return [] }
    return try finiteValues(of: withoutGradients { objective.losses(of: tasks) }, tasks.map { objective.tasks[$0] })
  }

  static func finiteValues(of losses: [Tensor], _ tasks: [String]) throws -> [Double] {
    guard !losses.isEmpty else { return [] }
    let values: [Double] = Tensor.stacked(losses.map { $0.detached() }).array()
    for (value, task) in zip(values, tasks) where !value.isFinite {
      throw NonFiniteError(quantity: .loss, task: task, value: value)
    }
    return values
  }
}

extension Tensor {
  fileprivate var leaf: Tensor {
    let leaf = detached()
    leaf.requiresGradient = true
    return leaf
  }
}
