import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// The task of disparity, or of another inverse of distance, of zero or above.
struct DisparityTask: LearnableTask {
  var loss: any Loss { MaskedL1() }
  func makeMetric() -> any TaskMetric { DisparityMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { 1 - metrics.value("rel_err") }
  func makeStatistics() -> any TargetStatistics { ChannelMeans(channels: 1) }

  func drawing(prediction: Tensor) -> Picture {
    let map = PixelMap(prediction)
    let largest = map.values.max() ?? 0
    return Drawing.picture(map) { index, _ in Self.color(of: map.values[index], among: largest) }
  }

  /// Black where nothing is known.
  func drawing(target: Target) -> Picture {
    let largest = target.map?.values.values.max() ?? 0
    return Drawing.picture(target) { map, index, _ in
      map.isKnown(pixel: index) ? Self.color(of: map.values.values[index], among: largest) : [0, 0, 0]
    }
  }

  /// Near is bright: the largest disparity of an image is white, and none is dark blue.
  private static func color(of disparity: Float, among largest: Float) -> [UInt8] {
    let nearness = largest > 0 && disparity.isFinite ? max(0, min(1, disparity / largest)) : 0
    return [UInt8(255 * nearness), UInt8(255 * nearness.squareRoot() * 0.9), UInt8(90 + 120 * (1 - nearness))]
  }
}
