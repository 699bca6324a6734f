import NeuralNetworks
import Torch

/// Where the gradients of one update go: the first part of the batch that reaches a vector writes, the others add.
struct GradientWriter {
  let update: MultitaskUpdate
  /// Whose losses are differentiated in this update.
  let tasks: [Int]
  let shared: ParameterVector
  /// The columns of G with respect to the shared parameters.
  let layout: GradientLayout
  private var written: Set<Owner> = []

  init(_ update: MultitaskUpdate, _ tasks: [Int]) {
    self.update = update
    self.tasks = tasks
    shared = update.sharedVector
    layout = GradientLayout(of: shared)
  }

  /// The gradient of the shared parameters, d elements.
  var sharedGradient: Tensor { update.workspace.gradient(of: shared).flat }

  /// What the shared parameters' gradients are taken with respect to.
  var sharedLeaves: [Tensor] { shared.trainedParameters.map(\.value) }

  /// Places for the gradients of everything that some of the tasks' losses reach.
  mutating func targets(reachedBy tasks: [Int]) -> [GradientTarget] {
    update.vectors(reachedBy: tasks).flatMap { targets(in: $0) }
  }

  /// Places for the gradients of what some of the tasks' losses reach, but not all tasks'.
  mutating func ownTargets(of tasks: [Int]) -> [GradientTarget] {
    update.vectors(reachedBy: tasks).filter { $0.owner != .shared }.flatMap { targets(in: $0) }
  }

  mutating func sharedTargets() -> [GradientTarget] { targets(in: shared) }

  /// Adds a part's gradient of the shared parameters.
  mutating func addToShared(_ gradient: Tensor) {
    if written.insert(shared.owner).inserted {
      sharedGradient.copy(from: gradient)
    } else {
      sharedGradient.add(inPlace: gradient)
    }
  }

  private mutating func targets(in vector: ParameterVector) -> [GradientTarget] {
    let writing: GradientTarget.Writing = written.insert(vector.owner).inserted ? .write : .add
    let trained = vector.trainedParameters
    return zip(trained, update.workspace.gradient(of: vector).views.suffix(trained.count)).map {
      GradientTarget($0.value, into: $1, writing)
    }
  }

  /// Places for the gradients of shared parameters that the losses of a cut graph reach, behind the features.
  ///
  /// They are added to what is there, by the losses first and then by the pass through the encoder.
  mutating func sharedTargets(behind pass: ForwardPass) -> [GradientTarget] {
    let trained = shared.trainedParameters
    let isBehind = reachedLeaves(of: pass.losses, among: sharedLeaves)
    guard isBehind.contains(true) else { return [] }
    let gradient = update.workspace.gradient(of: shared)
    if written.insert(shared.owner).inserted { gradient.flat.zero() }
    return zip(isBehind, zip(trained, gradient.views.suffix(trained.count))).compactMap { isBehind, place in
      isBehind ? GradientTarget(place.0.value, into: place.1, .add) : nil
    }
  }

  /// The tasks of a pass as positions among ``tasks``.
  func rows(of pass: ForwardPass) -> [Int] { pass.tasks.map { tasks.firstIndex(of: $0)! } }
}
