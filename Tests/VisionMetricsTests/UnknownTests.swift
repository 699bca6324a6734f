import Testing
import Torch
import VisionMetrics

/// Metrics that meet nothing known, or one class alone.
@Suite struct UnknownTests {
  /// A metric, the channels of its predictions, and two values of its targets.
  private struct Example {
    let name: String
    let metric: any PixelMetric
    let channels: Int
    let labels: [Float]
    var isSegmentation = false

    /// Images of one value each.
    func target(_ values: [Float]) -> Tensor {
      let count = isSegmentation ? 1 : channels
      let all = values.flatMap { [Float](repeating: $0, count: count * 16) }
      return isSegmentation
        ? Tensor(all, shape: [values.count, 4, 4]).to(.int64) : Tensor(all, shape: [values.count, count, 4, 4])
    }

    func prediction(_ value: Float, count: Int) -> Tensor {
      Tensor([Float](repeating: value, count: count * channels * 16), shape: [count, channels, 4, 4])
    }

    /// After images of one value each.
    func results(_ prediction: Float, _ labels: [Float]) -> [MetricResult] {
      var metric = metric
      metric.add(prediction: self.prediction(prediction, count: labels.count), target: target(labels))
      return metric.results
    }
  }

  private static let examples = [
    Example(
      name: "segmentation", metric: SegmentationMetric(classCount: 3), channels: 3, labels: [0, 2],
      isSegmentation: true),
    Example(name: "depth", metric: DepthMetric(), channels: 1, labels: [0.5, 2]),
    Example(name: "normals", metric: NormalsMetric(), channels: 3, labels: [0, 1]),
    Example(name: "edges", metric: EdgeMetric(), channels: 1, labels: [0, 1]),
    Example(name: "balanced edges", metric: EdgeMetric(positiveWeight: .negativeShare), channels: 1, labels: [0, 1]),
    Example(name: "saliency", metric: SaliencyMetric(), channels: 1, labels: [0, 1]),
    Example(
      name: "saliency by sigmoid", metric: SaliencyMetric(pooledScore: .sigmoidOfProbability), channels: 1,
      labels: [0, 1]),
    Example(name: "quantities", metric: QuantityMetric(), channels: 2, labels: [0, 1]),
  ]

  private func isFinite(_ results: [MetricResult]) -> Bool { !results.isEmpty && results.allSatisfy(\.value.isFinite) }

  @Test func nothingSeenIsFinite() {
    for example in Self.examples {
      #expect(isFinite(example.metric.results), "\(example.name)")
      #expect(isFinite(example.results(0, [255, 255])), "\(example.name)")
    }
  }

  @Test func oneClassAloneIsFinite() {
    for example in Self.examples {
      for label in example.labels {
        for value in [-3, 0, 3] as [Float] {
          #expect(isFinite(example.results(value, [label, label])), "\(example.name), \(label), \(value)")
        }
      }
    }
  }

  /// An image of which nothing is known changes no result.
  @Test func anUnknownImageDoesNotCount() {
    for example in Self.examples {
      for value in [-3, 0.5] as [Float] {
        for label in example.labels {
          #expect(example.results(value, [label]) == example.results(value, [label, 255]), "\(example.name)")
        }
      }
    }
  }

  @Test func aNormalIsKnownAsAWhole() {
    var metric = NormalsMetric()
    metric.add(prediction: [0, 0, 1, 0, 0, 1], truth: [0, 0, 1, 1, 255, 0])
    #expect(metric.value("mean") == 0)
  }

  @Test func quantitiesAreKnownOneByOne() {
    var metric = QuantityMetric()
    let prediction = Tensor([0.5, 0.5, 0.5, 0.5] as [Float], shape: [1, 2, 1, 2])
    metric.add(prediction: prediction, target: Tensor([0.25, 255, 255, 1] as [Float], shape: [1, 2, 1, 2]))
    #expect(metric.value("L1") == 0.375)
  }

  // MARK: Gains

  @Test func aGainOverZeroIsNotDefined() {
    for direction in [MetricResult.Direction.higherIsBetter, .lowerIsBetter] {
      for value in [0, 0.3, -1, .nan, .infinity] {
        #expect(relativeGain(MetricResult("m", value, direction), over: 0) == nil)
      }
      #expect(relativeGain(MetricResult("m", 1, direction), over: .nan) == nil)
      #expect(relativeGain(MetricResult("m", .infinity, direction), over: 1) == nil)
    }
    #expect(relativeGain(MetricResult("m", 3, .higherIsBetter), over: 2) == 0.5)
    #expect(relativeGain(MetricResult("m", 3, .lowerIsBetter), over: 2) == -0.5)
    // Better is more, below zero as well.
    #expect(relativeGain(MetricResult("m", -1, .higherIsBetter), over: -2) == 0.5)
    let results = [MetricResult("a", 3, .higherIsBetter), MetricResult("b", 1, .lowerIsBetter)]
    #expect(deltaM(multitask: results, baseline: [2, 0]) == nil)
    #expect(deltaM(multitaskByTask: [[results[0]], [results[1]]], baselineByTask: [[2], [0]]) == nil)
    #expect(deltaM(multitask: results, baseline: [2, 2]) == 0.5)
    #expect(deltaM(multitask: [], baseline: []) == 0)
  }
}
