import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// Yes or no at each pixel, with a logit for each of both.
struct TwoLogitSaliency: LearnableTask {
  var channels: Int? { 2 }
  var loss: any Loss { MaskCrossEntropy() }
  func makeMetric() -> any TaskMetric { SaliencyMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("maxF") }
  func makeStatistics() -> any TargetStatistics { TwoLogits() }
  /// The softmax of two logits is the sigmoid of their difference.
  func drawing(prediction: Tensor) -> Picture {
    Drawing.probability(PixelMap(prediction[1..<2] - prediction[0..<1]))
  }
  func drawing(target: Target) -> Picture { Drawing.mask(target) }
}

/// The balanced cross-entropy of two logits for masks with one channel.
private struct MaskCrossEntropy: Loss {
  private let loss = BalancedCrossEntropy()

  func labelCounts(in target: Labels) -> LabelCounts { loss.labelCounts(in: Self.classes(target)) }

  func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    loss(prediction, Self.classes(target), balance: balance)
  }

  /// Batch × height × width.
  private static func classes(_ mask: Labels) -> Labels {
    Labels(mask.values.squeezingAxis(1).to(.int64), known: mask.known?.squeezingAxis(1))
  }
}

/// The logit of how frequent a yes is, beside that of no, which is zero.
private struct TwoLogits: TargetStatistics {
  private var yes = YesFrequencies(channels: 1)

  mutating func add(_ target: Target) { yes.add(target) }
  var prediction: [Double] { [0] + yes.prediction }
}
