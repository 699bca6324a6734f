import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// Yes or no at each pixel.
struct SaliencyTask: LearnableTask {
  var loss: any Loss { BalancedBinaryCrossEntropy(positiveWeight: .negativeFraction) }
  func makeMetric() -> any TaskMetric { SaliencyMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("maxF") }
  func makeStatistics() -> any TargetStatistics { YesFrequencies(channels: 1) }
  func drawing(prediction: Tensor) -> Picture { Drawing.probability(PixelMap(prediction)) }
  func drawing(target: Target) -> Picture { Drawing.mask(target) }
}
