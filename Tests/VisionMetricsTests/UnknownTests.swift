import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionMetrics

/// Metrics that meet nothing known, or one class alone.
@Suite struct UnknownTests {
  /// A metric, the channels of its predictions, and two values of its targets.
  private struct Example {
    let name: String
    let metric: any TaskMetric
    let channels: Int
    let labels: [Float]
    var isSegmentation = false

    /// Images of one value each.
    func target(_ values: [Float]) -> Labels {
      let count = isSegmentation ? 1 : channels
      let all = values.flatMap { [Float](repeating: $0, count: count * 16) }
      return Labels(
        marked: isSegmentation
          ? Tensor(all, shape: [values.count, 4, 4]).to(.int64) : Tensor(all, shape: [values.count, count, 4, 4]))
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
    Example(
      name: "balanced edges", metric: EdgeMetric(positiveWeight: .negativeFraction), channels: 1, labels: [0, 1]),
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
    metric.add(
      prediction: [0, 0, 1, 0, 0, 1], truth: [0, 0, 1, 1, 255, 0], known: [true, true, true, true, false, true])
    #expect(metric.value("mean") == 0)
  }

  @Test func quantitiesAreKnownOneByOne() {
    var metric = QuantityMetric()
    let prediction = Tensor([0.5, 0.5, 0.5, 0.5] as [Float], shape: [1, 2, 1, 2])
    metric.add(
      prediction: prediction, target: Labels(marked: Tensor([0.25, 255, 255, 1] as [Float], shape: [1, 2, 1, 2])))
    #expect(metric.value("L1") == 0.375)
  }

  @Test func attributesAreCountedWhereTheyAreKnown() {
    var metric = AttributeMetric(attributeCount: 2)
    #expect(isFinite(metric.results))
    // The first: right yes, right no, missed yes. The second: unknown, wrong yes, right yes.
    let logits = Tensor([2, 1, -1, 3, -2, 1] as [Float], shape: [3, 2])
    let truth = Tensor([1, 255, 0, 0, 1, 1] as [Float], shape: [3, 2])
    metric.add(prediction: logits, target: Labels(marked: truth))
    #expect(metric.value("accuracy") == 3.0 / 5)
    #expect(metric.value("F1") == (2.0 / 3 + 2.0 / 3) / 2)
    var other = AttributeMetric(attributeCount: 2)
    for image in Labels(marked: truth).images.indices {
      other.add(prediction: logits[image..<(image + 1)], target: Labels(marked: truth)[image..<(image + 1)])
    }
    #expect(other.results == metric.results)
  }

  /// Where nothing is unknown, a mask changes no result.
  @Test func everythingKnownIsNoMask() {
    for example in Self.examples {
      for label in example.labels {
        let labels = example.target([label, example.labels[0]])
        var (masked, bare) = (example.metric, example.metric)
        masked.add(prediction: example.prediction(0.25, count: 2), target: labels)
        bare.add(prediction: example.prediction(0.25, count: 2), target: Labels(labels.values))
        #expect(masked.results == bare.results, "\(example.name)")
      }
    }
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
