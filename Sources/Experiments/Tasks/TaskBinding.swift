import NeuralNetworks
import Support
import Torch
import VisionData
import VisionMetrics
import VisionNetworks

extension Configuration {
  /// The run's tasks, with what their kinds bring.
  ///
  /// - Throws: ``ConfigurationError`` for a task that is not among those given, with the nearest name.
  func bindings(to available: [VisionTask]) throws -> [TaskBinding] {
    try data.tasks.map { name in
      guard let task = available.first(where: { $0.name == name }) else {
        throw ConfigurationError("data.tasks: " + unknownName("task", name, among: available.map(\.name)))
      }
      return TaskBinding(task, normalsLoss: training.normalsLoss)
    }
  }
}

/// A task that is trained, with what its kind brings.
struct TaskBinding {
  let task: VisionTask
  private let learnable: any LearnableTask

  /// - Parameter task: of a kind that this module trains.
  init(_ task: VisionTask, normalsLoss: NormalsLossKind) {
    guard let learnable = task.kind.learnable(normalsLoss: normalsLoss) else {
      fatalError("'\(task.name)' is of a kind that is not trained here: \(task.kind)")
    }
    self.task = task
    self.learnable = learnable
  }

  var name: String { task.name }
  var output: TaskOutput { TaskOutput(task: task.name, channels: task.channels) }
  var loss: any Loss { learnable.loss }
  func makeMetric() -> any TaskMetric { learnable.makeMetric() }
  func makeStatistics() -> any TargetStatistics { learnable.makeStatistics() }

  /// How well the task is done, from 0 (bad) to 1.
  func performance(_ metrics: [MetricResult]) -> Double { min(1, max(0, learnable.performance(metrics))) }

  /// - Parameter prediction: of one image, without the batch.
  func drawing(prediction: Tensor) -> Picture { learnable.drawing(prediction: prediction) }
  func drawing(target: Target) -> Picture { learnable.drawing(target: target) }
}
