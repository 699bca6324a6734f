import Foundation
import Support
import Torch

/// How well edges are found: the balanced cross-entropy, and the F-measure at the best threshold.
public struct EdgeMetric: PixelMetric {
  public enum PositiveWeight: Sendable {
    case fixed(Double)
    /// The share of pixels without an edge, in each image.
    case negativeShare
  }

  /// For the F-measure: 1 % to 99 %.
  static let thresholds: [Float] = (1...99).map { Float($0) / 100 }

  private let positiveWeight: PositiveWeight
  private var lossSum = 0.0
  private var count = 0
  private var matchedPredictions = [Int](repeating: 0, count: thresholds.count)
  private var predictions = [Int](repeating: 0, count: thresholds.count)
  private var matchedTruths = [Int](repeating: 0, count: thresholds.count)
  private var truths = 0

  public init(positiveWeight: PositiveWeight = .fixed(0.95)) { self.positiveWeight = positiveWeight }

  /// - Parameter prediction: one logit for each pixel.
  public mutating func add(prediction: Tensor, target: Tensor) {
    for (image, truth) in zip(prediction.detached().to(.float32).unbound(), target.unbound()) {
      add(logits: image.array(of: Double.self), truth: truth.array())
      matchEdges(image[0].sigmoid(), truth[0])
    }
  }

  /// The balanced cross-entropy of one image: mean over known pixels of `w y softplus(−z) + (1 − w)(1 − y) softplus(z)`.
  public mutating func add(logits: [Double], truth: [Int]) {
    require(logits.count == truth.count, "\(logits.count) logits for \(truth.count) pixels")
    let known = zip(logits, truth).filter { $1 != Int(unknownLabel) }
    let negatives = known.count { $1 == 0 }
    let weight =
      switch positiveWeight {
      case .fixed(let weight): weight
      case .negativeShare: Double(negatives).over(known.count)
      }
    for (z, y) in known {
      lossSum += y == 0 ? (1 - weight) * Self.softplus(z) : weight * Self.softplus(-z)
    }
    count += known.count
  }

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(Foundation.exp(-abs(x))) }

  /// Counts edge pixels that have a partner within one pixel's distance.
  private mutating func matchEdges(_ probability: Tensor, _ target: Tensor) {
    let truth = (target .== 1).to(.float32)
    let known = (target .!= unknownLabel).to(.float32)
    let wideTruth = truth.dilated()
    truths += Int(truth.sum().item)
    for (index, threshold) in Self.thresholds.enumerated() {
      let predicted = (probability .>= Double(threshold)).to(.float32) * known
      predictions[index] += Int(predicted.sum().item)
      matchedPredictions[index] += Int((predicted * wideTruth).sum().item)
      matchedTruths[index] += Int((truth * predicted.dilated()).sum().item)
    }
  }

  /// `odsF` is the F-measure at the threshold that is best for the whole data set, with edges matched within one
  /// pixel and without thinning: comparable between runs here, not with numbers of the usual external tool.
  public var results: [MetricResult] {
    let scores = Self.thresholds.indices.map { index in
      let precision = Double(matchedPredictions[index]).over(predictions[index])
      let recall = Double(matchedTruths[index]).over(truths)
      return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }
    return [
      MetricResult("odsF", scores.max() ?? 0, .higherIsBetter),
      MetricResult("loss", lossSum.over(count), .lowerIsBetter),
    ]
  }
}

extension Tensor {
  /// A mask, height × width, grown by one pixel in all directions.
  fileprivate func dilated() -> Tensor {
    reshaped([1, 1] + shape).maxPooled(kernel: 3, stride: 1, padding: 1).reshaped(shape)
  }
}
