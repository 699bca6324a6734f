import NeuralNetworks
import Torch
import VisionData
import VisionMetrics
import VisionNetworks

/// A task that is trained, with what its kind brings.
struct TaskBinding {
  let task: VisionTask
  private let learnable: any LearnableTask

  /// Returns nil for a task of a kind that this module does not train.
  init?(_ task: VisionTask, _ losses: LossChoice) {
    guard let learnable = task.kind.learnable(losses) else { return nil }
    self.task = task
    self.learnable = learnable
  }

  var name: String { task.name }
  var output: TaskOutput { TaskOutput(task: task.name, channels: learnable.channels ?? task.channels) }
  var loss: any Loss { learnable.loss }
  func makeMetric() -> any TaskMetric { learnable.makeMetric() }
  func makeStatistics() -> any TargetStatistics { learnable.makeStatistics() }

  /// How well the task is done, from 0 (bad) to 1.
  func performance(_ metrics: [MetricResult]) -> Double { min(1, max(0, learnable.performance(metrics))) }

  /// What is predicted of an image as a whole, in words; nil for what is predicted of pixels.
  func text(prediction: Tensor) -> String? { learnable.text(prediction: prediction, of: name) }

  /// - Parameter prediction: of one image, without the batch.
  func drawing(prediction: Tensor) -> Picture { learnable.drawing(prediction: prediction) }
  func drawing(target: Target) -> Picture { learnable.drawing(target: target) }
}
