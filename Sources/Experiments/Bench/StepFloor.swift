import MultitaskLearning
import NeuralNetworks
import Torch

/// The passes through a network that a step needs at least, without any use of their gradients.
public enum StepFloor: Sendable, Equatable {
  /// One forward pass and a backward pass for each task: for methods that need each task's gradient.
  case eachTask
  /// A forward pass for all tasks and one backward pass of their sum.
  case joint
  /// The passes of ``joint`` for each update of a group.
  case jointForEachGroup
  /// A forward and a backward pass for each task by itself.
  case alternating

  /// The passes that a step of a method needs.
  init(of method: MultitaskMethod) {
    self =
      switch method.schedule.passes {
      case .joint: method.needsEachGradient ? .eachTask : .joint
      case .jointForEachUpdate: .jointForEachGroup
      case .eachTask: .alternating
      }
  }

  /// Performs the passes once.
  ///
  /// - Parameters:
  ///   - objective: what gives the losses.
  ///   - store: the parameters whose gradients are computed.
  ///   - report: the report of a step like the one that is measured, which tells the number of groups.
  func perform(_ objective: any MultitaskObjective, in store: ParameterStore, after report: StepReport) {
    let parameters = store.vectors.flatMap { $0.parameters.map(\.value) }
    let all = Array(objective.tasks.indices)
    switch self {
    case .eachTask:
      _ = gradientsOfEach(objective.losses(of: all), withRespectTo: parameters)
    case .joint, .jointForEachGroup:
      for _ in 0..<report.updateCount {
        _ = gradients(of: objective.losses(of: all), withRespectTo: parameters)
      }
    case .alternating:
      for task in all { _ = gradients(of: objective.losses(of: [task]), withRespectTo: parameters) }
    }
  }

  /// The passes in words.
  ///
  /// - Parameter taskCount: the number of tasks.
  public func description(taskCount: Int) -> String {
    switch self {
    case .eachTask: "one forward and \(taskCount) backward passes"
    case .joint: "a joint forward and backward pass"
    case .jointForEachGroup: "a joint forward and backward pass for each group"
    case .alternating: "a forward and a backward pass for each of \(taskCount) tasks"
    }
  }
}

extension StepReport {
  /// The number of groups that the step updated; a joint step updates one group of all tasks.
  public var updateCount: Int { grouping?.updateCount ?? 1 }
}
