import NeuralNetworks
import Torch

/// Where the gradients of one update go: the first part of the batch that reaches a place writes, the others add.
struct GradientWriter {
  /// What is written together: the parameters of a vector that lie on one side of the features.
  private struct Place: Hashable {
    let reach: Reach
    let stage: ParameterScope.Stage
  }

  let update: MultitaskUpdate
  /// Whose losses are differentiated in this update.
  let tasks: [Int]
  /// What every task reaches.
  let shared: ParameterVector
  /// The columns of G with respect to the shared parameters.
  let layout: GradientLayout
  private var written: Set<Place> = []

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
    update.vectors(reachedBy: tasks).filter { $0.reach != .everyTask }.flatMap { targets(in: $0) }
  }

  /// Places for the gradients of the shared parameters on one side of the features.
  mutating func sharedTargets(in stage: ParameterScope.Stage) -> [GradientTarget] { targets(in: shared, [stage]) }

  /// Adds a part's gradient of all shared parameters.
  mutating func addToShared(_ gradient: Tensor) {
    let writings = ParameterScope.Stage.allCases.map { writing($0, of: shared) }
    if writings.contains(.add) {
      sharedGradient.add(inPlace: gradient)
    } else {
      sharedGradient.copy(from: gradient)
    }
  }

  private mutating func targets(
    in vector: ParameterVector, _ stages: [ParameterScope.Stage] = ParameterScope.Stage.allCases
  ) -> [GradientTarget] {
    let writings = Dictionary(uniqueKeysWithValues: stages.map { ($0, writing($0, of: vector)) })
    let views = update.workspace.gradient(of: vector).views
    return vector.trainedIndices.compactMap { index in
      let parameter = vector.parameters[index]
      return writings[parameter.scope.stage].map { GradientTarget(parameter.value, into: views[index], $0) }
    }
  }

  private mutating func writing(
    _ stage: ParameterScope.Stage, of vector: ParameterVector
  ) -> GradientTarget.Writing {
    written.insert(Place(reach: vector.reach, stage: stage)).inserted ? .write : .add
  }

  /// The tasks of a pass as positions among ``tasks``.
  func rows(of pass: ForwardPass) -> [Int] { pass.tasks.map { tasks.firstIndex(of: $0)! } }
}
