import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// One of several classes at each pixel.
struct SegmentationTask: LearnableTask {
  let classCount: Int

  var loss: any Loss { CrossEntropy() }
  func makeMetric() -> any TaskMetric { SegmentationMetric(classCount: classCount) }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("mIoU") }
  func makeStatistics() -> any TargetStatistics { ClassFrequencies(classCount: classCount) }

  func drawing(prediction: Tensor) -> Picture {
    let map = PixelMap(prediction)
    return Drawing.picture(map) { index, count in
      let label = (0..<map.channels).max { map.values[$0 * count + index] < map.values[$1 * count + index] }!
      return Drawing.color(of: label)
    }
  }

  /// Black where nothing is known.
  func drawing(target: Target) -> Picture {
    Drawing.picture(target) { map, index, _ in
      map.isKnown(pixel: index) ? Drawing.color(of: Int(map.values.values[index])) : [0, 0, 0]
    }
  }
}

/// How often each class is seen. The most frequent one is predicted.
struct ClassFrequencies: TargetStatistics {
  private var counts: [Double]

  init(classCount: Int) { counts = [Double](repeating: 0, count: classCount) }

  mutating func add(_ target: Target) {
    guard let map = target.map else { return }
    for (pixel, label) in map.values.values.enumerated() where map.isKnown(pixel: pixel) { counts[Int(label)] += 1 }
  }

  var prediction: [Double] {
    let majority = counts.indices.max { counts[$0] < counts[$1] }!
    return counts.indices.map { $0 == majority ? 10 : -10 }
  }
}
