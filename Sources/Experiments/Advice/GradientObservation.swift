import MultitaskLearning
import Support

/// What a look at the tasks' gradients leaves for methods to be tried on: their inner products, and the losses.
public struct GradientObservation: Codable, Sendable, Equatable {
  /// The loss of each task.
  public let losses: [Double]
  /// The norm of each task's gradient with respect to the shared parameters.
  public let norms: [Double]
  /// The cosines of all pairs of tasks, K×K.
  public let cosines: [[Double]]

  /// Creates an observation of K tasks.
  public init(losses: [Double], norms: [Double], cosines: [[Double]]) {
    require(
      losses.count == norms.count && cosines.count == norms.count && cosines.allSatisfy { $0.count == norms.count },
      "an observation of \(losses.count) losses, \(norms.count) norms and \(cosines.count) rows of cosines")
    self.losses = losses
    self.norms = norms
    self.cosines = cosines
  }

  /// What a step of a run has left; nil if it was not looked at, or a task was absent.
  init?(_ step: StepRecord, tasks: [String]) {
    let losses = tasks.compactMap { step.losses[$0] }
    guard let look = step.diagnostics, losses.count == tasks.count, look.cosines.count == tasks.count else {
      return nil
    }
    self.init(losses: losses, norms: look.gradientNorms, cosines: look.cosines)
  }

  /// The inner products of the gradients.
  var gramian: Gramian {
    Gramian(
      taskCount: norms.count,
      elements: norms.indices.flatMap { i in
        norms.indices.map { j in (i == j ? 1 : cosines[i][j]) * norms[i] * norms[j] }
      })
  }
}
