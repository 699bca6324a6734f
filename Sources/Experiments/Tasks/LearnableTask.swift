import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// What training, evaluation and reports need of a kind of task.
///
/// Predictions are what a network gives, before any activation: channels × height × width for an image, or one number for
/// each attribute or class of the image as a whole.
protocol LearnableTask: Sendable {
  /// The channels of a prediction; nil, by default, for those that the task itself has.
  var channels: Int? { get }

  /// The papers' loss.
  var loss: any Loss { get }

  /// A metric that has seen nothing yet.
  func makeMetric() -> any TaskMetric

  /// How well the task is done, from 0 (bad) to 1. Values that leave this range are clamped by ``TaskBinding``.
  ///
  /// - Parameter metrics: the results of the task's own metric.
  func performance(_ metrics: [MetricResult]) -> Double

  /// Statistics of the ground truth that have seen nothing yet.
  func makeStatistics() -> any TargetStatistics

  /// What is predicted of an image as a whole, in words; nil, by default, for what is predicted of pixels.
  ///
  /// - Parameters:
  ///   - prediction: of one image.
  ///   - task: the name of the task, beside which the words stand.
  func text(prediction: Tensor, of task: String) -> String?

  /// A drawing of one image's prediction.
  func drawing(prediction: Tensor) -> Picture

  /// A drawing of one image's ground truth.
  func drawing(target: Target) -> Picture
}

extension LearnableTask {
  var channels: Int? { nil }
  func text(prediction: Tensor, of task: String) -> String? { nil }
}

/// What is known of a task's ground truth over many samples, and what to predict if nothing else is known.
protocol TargetStatistics: Sendable {
  mutating func add(_ target: Target)

  /// The constant prediction, one number for each channel.
  var prediction: [Double] { get }
}

extension VisionTask.Kind {
  /// What this kind of task brings; nil if no part of this module trains it.
  ///
  /// - Parameter losses: which losses tasks have, where there is a choice.
  func learnable(_ losses: LossChoice) -> (any LearnableTask)? {
    switch self {
    case .segmentation(let classes): SegmentationTask(classCount: classes.count)
    case .depth: DepthTask()
    case .disparity: DisparityTask()
    case .normals: NormalsTask(losses: losses)
    case .edges: EdgesTask()
    case .saliency where losses.family == .vit: TwoLogitSaliency()
    case .saliency: SaliencyTask()
    case .quantities(let count): QuantitiesTask(count: count)
    case .attributes(let names): AttributesTask(names: names)
    case .probabilities(let count): ProbabilitiesTask(classCount: count)
    case .objects: nil
    }
  }
}

extension [MetricResult] {
  /// The value of a metric; zero if there is none of this name.
  func value(_ name: String) -> Double { first { $0.name == name }?.value ?? 0 }
}
