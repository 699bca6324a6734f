import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// Yes or no at each pixel, few of them yes.
struct EdgesTask: LearnableTask {
  var loss: any Loss { BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95)) }
  func makeMetric() -> any TaskMetric { EdgeMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("odsF") }
  func makeStatistics() -> any TargetStatistics { YesFrequencies(channels: 1) }
  func drawing(prediction: Tensor) -> Picture { Drawing.probability(PixelMap(prediction)) }
  func drawing(target: Target) -> Picture { Drawing.mask(target) }
}
