import Foundation
import NeuralNetworks
import Support
import Torch

/// The overlap and the F-measures of saliency, a yes or no for each pixel, at many thresholds.
///
/// `mIoU` and `maxF` average overlap, precision and recall over images before the best threshold is taken;
/// `maxF pooled` counts pixels of all images together and weighs precision more (β² = 0.3).
///
/// - Source: the evaluators of Vandenhende et al., TPAMI 2021 (15 thresholds from 0.2 to 0.9), and of the
///   selective-task-groups system (19 thresholds from 0.05 to 0.95; its second sigmoid is an option).
public struct SaliencyMetric: TaskMetric {
  /// The number of a pixel that is compared with the thresholds of the pooled score.
  public enum PooledScore: Sendable {
    /// The probability.
    case probability
    /// The sigmoid of the probability, as the selective-task-groups system's evaluator takes it.
    case sigmoidOfProbability
  }

  /// The thresholds of overlap, precision and recall: evenly spaced from 0.2 to 0.9, in float32, as the evaluator
  /// compares.
  public static let thresholds: [Float] = (0..<15).map { Float(0.2 + Double($0) * 0.05) }
  /// The thresholds of the pooled score, evenly spaced from 0.05 to 0.95.
  public static let pooledThresholds: [Float] = (1...19).map { Float($0) * Float(0.05) }

  private let pooledScore: PooledScore
  private var imageCount = 0
  private var overlaps = [Double](repeating: 0, count: thresholds.count)
  private var precisions = [Double](repeating: 0, count: thresholds.count)
  private var recalls = [Double](repeating: 0, count: thresholds.count)
  private var pooledTruePositives = [Int](repeating: 0, count: pooledThresholds.count)
  private var pooledPredicted = [Int](repeating: 0, count: pooledThresholds.count)
  private var pooledActual = 0

  /// Creates a metric that has seen nothing yet.
  ///
  /// - Parameter pooledScore: the number of a pixel that is compared with the thresholds of the pooled score.
  public init(pooledScore: PooledScore = .probability) { self.pooledScore = pooledScore }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: one logit (or two, of no and yes) for each pixel, batch × 1 or 2 × height × width.
  ///   - target: the labels 0 and 1, batch × 1 × height × width.
  public mutating func add(prediction: Tensor, target: Labels) {
    let logits = prediction.detached().to(.float32)
    let probability = logits.shape[1] == 2 ? logits.softmax(axis: 1)[.all, 1...] : logits.sigmoid()
    for (image, truth) in zip(probability.unbound(), target.images) {
      add(probability: image.array(), truth: truth.values.array(), known: truth.knownElements)
    }
  }

  /// Adds one image; an image of which nothing is known does not count.
  ///
  /// - Parameters:
  ///   - probability: the predicted probability of yes of each pixel.
  ///   - truth: the label of each pixel, 0 or 1.
  ///   - isKnown: whether the label of each pixel is known; nil if all of them are.
  public mutating func add(probability: [Float], truth: [Int], known isKnown: [Bool]? = nil) {
    require(probability.count == truth.count, "\(probability.count) probabilities for \(truth.count) pixels")
    let known = truth.indices.filter { isKnown?[$0] ?? true }.map { (probability[$0], truth[$0]) }
    guard !known.isEmpty else { return }
    let actual = known.count { $1 == 1 }
    imageCount += 1
    for (index, threshold) in Self.thresholds.enumerated() {
      var (both, predicted) = (0, 0)
      for (p, true_) in known where p > threshold {
        predicted += 1
        if true_ == 1 { both += 1 }
      }
      let union = predicted + actual - both
      overlaps[index] += union == 0 ? 1 : Double(both) / Double(union)
      precisions[index] += Double(both) / (Double(predicted) + 1e-12)
      recalls[index] += Double(both) / (Double(actual) + 1e-12)
    }
    pooledActual += actual
    for (index, threshold) in Self.pooledThresholds.enumerated() {
      for (p, true_) in known where score(p) >= threshold {
        pooledPredicted[index] += 1
        if true_ == 1 { pooledTruePositives[index] += 1 }
      }
    }
  }

  private func score(_ probability: Float) -> Float {
    switch pooledScore {
    case .probability: probability
    case .sigmoidOfProbability: Float(1 / (1 + Foundation.exp(-Double(probability))))
    }
  }

  /// `maxF`, `mIoU` and `maxF pooled`, each at its best threshold, from 0 to 1.
  public var results: [MetricResult] {
    let overlap = overlaps.map { $0.over(imageCount) }.max() ?? 0
    let scores = zip(precisions, recalls).map { sums in
      let (p, r) = (sums.0.over(imageCount), sums.1.over(imageCount))
      return 2 * p * r / (p + r + 1e-12)
    }
    let pooled = zip(pooledTruePositives, pooledPredicted).map { counts in
      let p = Double(counts.0).over(counts.1)
      let r = Double(counts.0).over(pooledActual)
      return p + r == 0 ? 0 : 1.3 * p * r / (0.3 * p + r)
    }
    return [
      MetricResult("maxF", scores.max() ?? 0, .higherIsBetter),
      MetricResult("mIoU", overlap, .higherIsBetter),
      MetricResult("maxF pooled", pooled.max() ?? 0, .higherIsBetter),
    ]
  }
}
