import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// Numbers from 0 to 1 at each pixel.
struct QuantitiesTask: LearnableTask {
  let count: Int

  var loss: any Loss { MaskedL1() }
  func makeMetric() -> any TaskMetric { QuantityMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { 1 - metrics.value("L1") }
  func makeStatistics() -> any TargetStatistics { ChannelMeans(channels: count) }

  func drawing(prediction: Tensor) -> Picture {
    let map = PixelMap(prediction)
    return Drawing.picture(map) { index, count in
      Self.color((0..<map.channels).map { Drawing.level(map.values[$0 * count + index]) })
    }
  }

  /// Half bright where a number is not known.
  func drawing(target: Target) -> Picture {
    Drawing.picture(target) { map, index, count in
      Self.color(
        (0..<map.channels).map { channel in
          Drawing.level(
            map.isKnown(channel: channel, pixel: index) ? map.values.values[channel * count + index] : 0.5)
        })
    }
  }

  /// One as gray; two or three as red, green and blue.
  private static func color(_ levels: [UInt8]) -> [UInt8] {
    levels.count == 1 ? [levels[0], levels[0], levels[0]] : Array((levels + [0]).prefix(3))
  }
}
