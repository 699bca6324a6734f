import NeuralNetworks
import Support
import Torch

/// The balanced cross-entropy of edges, and their F-measure at the best threshold.
public struct EdgeMetric: TaskMetric {
  /// The weight of edges in the cross-entropy; where it is the fraction of negatives, it is that of each image.
  public typealias PositiveWeight = BalancedBinaryCrossEntropy.PositiveWeight

  /// The thresholds of the F-measure, from 1 % to 99 %.
  static let thresholds: [Float] = (1...99).map { Float($0) / 100 }

  private let loss: BalancedBinaryCrossEntropy
  private var lossSum = 0.0
  private var count = 0.0
  private var matchedPredictions = [Int](repeating: 0, count: thresholds.count)
  private var predictions = [Int](repeating: 0, count: thresholds.count)
  private var matchedTruths = [Int](repeating: 0, count: thresholds.count)
  private var truths = 0

  /// Creates a metric that has seen nothing yet.
  ///
  /// - Parameter positiveWeight: the weight of edges in the cross-entropy.
  public init(positiveWeight: PositiveWeight = .fixed(0.95)) {
    loss = BalancedBinaryCrossEntropy(positiveWeight: positiveWeight)
  }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: one logit for each pixel, batch × 1 × height × width.
  ///   - target: the labels 0 and 1, of the same shape.
  public mutating func add(prediction: Tensor, target: Labels) {
    for (image, truth) in zip(prediction.detached().to(.float32).unbound(), target.images) {
      addLoss(logits: image, truth)
      matchEdges(image[0].sigmoid(), truth)
    }
  }

  /// Adds one image to the balanced cross-entropy alone.
  ///
  /// - Parameters:
  ///   - logits: the logit of each pixel.
  ///   - truth: the label of each pixel, 0 or 1.
  ///   - known: whether the label of each pixel is known; nil if all of them are.
  public mutating func add(logits: [Double], truth: [Int], known: [Bool]? = nil) {
    require(logits.count == truth.count, "\(logits.count) logits for \(truth.count) pixels")
    let shape = [1, 1, 1, truth.count]
    addLoss(
      logits: Tensor(logits, shape: shape),
      Labels(Tensor(truth, shape: shape), known: known.map { Tensor($0, shape: shape) }))
  }

  private mutating func addLoss(logits: Tensor, _ truth: Labels) {
    let counts = loss.labelCounts(in: truth)
    guard counts.known > 0 else { return }
    lossSum += loss(logits.to(.float64), truth, balance: counts).item * counts.known
    count += counts.known
  }

  /// Counts the edge pixels, predicted and true, that have a partner within one pixel's distance.
  private mutating func matchEdges(_ probability: Tensor, _ target: Labels) {
    let known = target.isKnown[0, 0].to(.float32)
    let truth = (target.values[0, 0] .== 1).to(.float32) * known
    let wideTruth = truth.dilated()
    truths += Int(truth.sum().item)
    for (index, threshold) in Self.thresholds.enumerated() {
      let predicted = (probability .>= Double(threshold)).to(.float32) * known
      predictions[index] += Int(predicted.sum().item)
      matchedPredictions[index] += Int((predicted * wideTruth).sum().item)
      matchedTruths[index] += Int((truth * predicted.dilated()).sum().item)
    }
  }

  /// The F-measure `odsF` at the threshold that is best for the whole data set, and the balanced cross-entropy `loss`.
  ///  Edges are matched within one pixel, without thinning: `odsF` can be compared between runs of this software, but
  /// not with numbers of the usual external tool.
  public var results: [MetricResult] {
    let scores = Self.thresholds.indices.map { index in
      let precision = Double(matchedPredictions[index]).over(predictions[index])
      let recall = Double(matchedTruths[index]).over(truths)
      return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
    return [
      MetricResult("odsF", scores.max() ?? 0, .higherIsBetter),
      MetricResult("loss", lossSum / max(1, count), .lowerIsBetter),
    ]
  }
}

extension Tensor {
  /// Returns a mask, height × width, grown by one pixel in all directions.
  fileprivate func dilated() -> Tensor {
    reshaped([1, 1] + shape).maxPooled(kernel: 3, stride: 1, padding: 1).reshaped(shape)
  }
}
