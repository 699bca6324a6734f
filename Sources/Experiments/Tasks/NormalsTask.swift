import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// The surface's unit normal.
struct NormalsTask: LearnableTask {
  let losses: LossChoice

  var loss: any Loss {
    switch losses.normals {
    case .l1: NormalsL1(per: losses.family == .cnn ? .components : .pixels)
    case .cosine: NormalsCosine()
    }
  }
  func makeMetric() -> any TaskMetric { NormalsMetric() }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("30°") / 100 }
  func makeStatistics() -> any TargetStatistics { ChannelMeans(channels: 3) }

  func drawing(prediction: Tensor) -> Picture {
    let map = PixelMap(prediction)
    return Drawing.picture(map) { index, count in Self.color(of: map, index, count) }
  }

  /// Black where nothing is known.
  func drawing(target: Target) -> Picture {
    Drawing.picture(target) { map, index, count in
      map.isKnown(pixel: index) ? Self.color(of: map.values, index, count) : [0, 0, 0]
    }
  }

  private static func color(of map: PixelMap, _ index: Int, _ count: Int) -> [UInt8] {
    let vector = SIMD3(map.values[index], map.values[count + index], map.values[2 * count + index])
    let unit = vector / max(1e-6, (vector * vector).sum().squareRoot())
    return (0..<3).map { UInt8(max(0, min(255, (unit[$0] * ($0 == 0 ? 1 : -1) + 1) * 127.5))) }
  }
}
