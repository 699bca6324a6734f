import Foundation
import Support
import Torch

/// ``ConFIG`` of averaged gradients, of which a step renews those of the tasks that it has: with a schedule of one task
/// after another, a single backward pass a step.
///
/// `m_i ← β₁ m_i + (1 − β₁) g_i` follows each task's gradients, `d = ConFIG(m_i / (1 − β₁^t_i))`. A pseudo gradient, of which
/// d is the average, has a second moment s that d is divided by, as Adam's: the step itself is one of plain gradient
/// descent. Until every task was seen, the direction is zero. K·d and 2 d numbers are kept from step to step.
///
/// - Source: Liu, Chu, Thuerey, *ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks*, ICLR 2025,
///   algorithm 1.
public struct MomentumConFIG: ElementwiseAggregator {
  /// How often each task was seen, and how many directions there were; the moments themselves are in ``tensors``.
  public struct State: Codable, Sendable {
    var averages: GradientAverages.State
    var step = 0
  }

  /// How slowly the averages follow the gradients, β₁.
  public let beta1: Double
  /// How slowly the second moment follows the pseudo gradient, β₂.
  public let beta2: Double
  private let taskPreference: TaskPreference
  private var averages = GradientAverages()
  /// How many directions there were, t.
  private var step = 0
  /// `(1 − β₁^t) d` of the last step; nil before the first.
  private var lastDirection: Tensor?
  private var secondMoment: Tensor?

  static let betas = 0.0...0.999999

  /// What the cosines are proportional to, ω: one positive number for each task; nil for ones.
  public var preference: [Double]? { taskPreference.numbers }
  /// Averages are kept for each task by itself: a step of some tasks alone is what they are for.
  public var remembersGradients: Bool { false }
  /// The averages have an element for each of the gradients'.
  public var remembersElements: Bool { true }

  /// - Parameters:
  ///   - beta1: how slowly the averages follow the gradients, from 0 to 0.999999.
  ///   - beta2: how slowly the second moment follows, from 0 to 0.999999.
  ///   - preference: what the cosines are proportional to, one positive number for each task; nil for ones.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, preference: [Double]? = nil) {
    for beta in [beta1, beta2] {
      require(Self.betas.contains(beta), "MomentumConFIG: a beta is \(beta), but has to be in \(Self.betas)")
    }
    self.beta1 = beta1
    self.beta2 = beta2
    taskPreference = TaskPreference(preference, of: "MomentumConFIG")
  }

  /// What the method has learned, besides the moments.
  public var state: State {
    get { State(averages: averages.state, step: step) }
    set { (averages.state, step) = (newValue.averages, newValue.step) }
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.averages.fits(taskCount: taskCount) && state.step.isStepCount
  }

  /// The averages and moments by name.
  public var tensors: [(name: String, tensor: Tensor)] {
    averages.tensors
      + [("direction", lastDirection), ("moment", secondMoment)].compactMap { name, tensor in
        tensor.map { (name, $0) }
      }
  }

  /// Takes the averages and moments of a checkpoint.
  public mutating func restore(tensors: [String: Tensor]) throws {
    try averages.restore(tensors)
    guard step > 0 else { return }
    (lastDirection, secondMoment) = (try tensors.vector("direction"), try tensors.vector("moment"))
  }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) {
    let beta1 = beta1
    averages.follow(gradients, context, scales: Vector(ones: gradients.taskCount)) { _ in beta1 }
    guard averages.areComplete else { return direction.zero() }
    let tasks = Array(0..<context.taskCount)
    let rows = averages.gradients(of: tasks)
    let factors = 1 / averages.corrections(of: tasks)
    let wanted = taskPreference.vector(of: tasks, amongTasks: context.taskCount, default: 1)
    rows.combine(ConFIG.weights(for: rows.gramian.scaled(by: factors), cosines: wanted) * factors, into: direction)
    withoutGradients { divideByMoment(direction) }
  }

  /// Divides a direction by the root of the second moment of the pseudo gradients whose average it is.
  private mutating func divideByMoment(_ direction: Tensor) {
    if lastDirection?.count != direction.count || secondMoment?.count != direction.count {
      (lastDirection, secondMoment, step) = (nil, nil, 0)
    }
    step += 1
    let average = direction * (1 - pow(beta1, Double(step)))
    let pseudo = lastDirection.map { average - $0.to(average.dtype).to(average.device) * beta1 } ?? average
    let square = (pseudo / (1 - beta1)).squared() * (1 - beta2)
    let moment = secondMoment.map { square + $0.to(square.dtype).to(square.device) * beta2 } ?? square
    (lastDirection, secondMoment) = (average, moment)
    direction.copy(from: direction / ((moment / (1 - pow(beta2, Double(step)))).sqrt() + 1e-8))
  }
}
