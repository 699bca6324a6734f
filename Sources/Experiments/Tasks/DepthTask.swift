import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// The task of depth, in meters above zero.
struct DepthTask: LearnableTask {
  var loss: any Loss { MaskedL1() }
  func makeMetric() -> any TaskMetric { DepthMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("δ1") }
  func makeStatistics() -> any TargetStatistics { ChannelMeans(channels: 1) }

  func drawing(prediction: Tensor) -> Picture {
    let map = PixelMap(prediction)
    return Drawing.picture(map) { index, _ in Self.color(of: map.values[index]) }
  }

  /// Black where nothing is known.
  func drawing(target: Target) -> Picture {
    Drawing.picture(target) { map, index, _ in
      map.isKnown(pixel: index) ? Self.color(of: map.values.values[index]) : [0, 0, 0]
    }
  }

  /// Near is bright: 0.4 m white, 1.6 m and beyond dark blue.
  private static func color(of depth: Float) -> [UInt8] {
    let nearness = max(0, min(1, (1.6 - depth) / 1.2))
    return [UInt8(255 * nearness), UInt8(255 * nearness.squareRoot() * 0.9), UInt8(90 + 120 * (1 - nearness))]
  }
}
