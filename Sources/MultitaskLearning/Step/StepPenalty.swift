import NeuralNetworks
import Torch

/// The gradient of a network's penalty, which is added to the tasks' combined gradient: once in a step for each
/// parameter, however many updates the schedule makes.
struct StepPenalty {
  private let objective: any MultitaskObjective
  private var penalized: Set<Reach> = []
  /// The penalty at the step's first update; nil if the network has none, or before that update.
  private(set) var value: Double?

  init(_ objective: any MultitaskObjective) { self.objective = objective }

  /// Adds the gradient to those of vectors that have not got it in this step.
  ///
  /// - Throws: ``NonFiniteError`` if the penalty is not finite.
  mutating func add(to vectors: [ParameterVector], _ workspace: GradientWorkspace) throws {
    let due = vectors.filter { !penalized.contains($0.reach) }
    guard !due.isEmpty, let penalty = objective.penalty() else { return }
    penalized.formUnion(due.map(\.reach))
    let value: Double = withoutGradients { penalty.item }
    guard value.isFinite else { throw NonFiniteError(quantity: .penalty, task: nil, value: value) }
    self.value = self.value ?? value
    guard penalty.requiresGradient else { return }
    let places = due.flatMap { vector in
      let views = workspace.gradient(of: vector).views
      return vector.trainedIndices.map { (leaf: vector.parameters[$0].value, gradient: views[$0]) }
    }
    let gradients = gradients(of: [penalty], withRespectTo: places.map(\.leaf))
    withoutGradients {
      for (place, gradient) in zip(places, gradients) {
        if let gradient { place.gradient.add(inPlace: gradient) }
      }
    }
  }
}
