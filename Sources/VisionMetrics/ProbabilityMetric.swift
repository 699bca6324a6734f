import Foundation
import NeuralNetworks
import Support
import Torch

/// How near predicted probabilities of classes are to given ones, for images as a whole.
///
/// `accuracy` is the fraction of images whose most probable class is predicted, `top 5` that of images whose most probable
/// class is among the five that are predicted to be most probable, and `KL` the mean of `Σ p log(p / q)`, in nats, for given
/// probabilities p and predicted ones q.
public struct ProbabilityMetric: TaskMetric {
  private let classCount: Int
  private var count = 0
  private var rightCount = 0
  private var amongFiveCount = 0
  private var divergence = 0.0

  /// Creates a metric that has seen nothing yet.
  ///
  /// - Parameter classCount: the number of classes.
  public init(classCount: Int) { self.classCount = classCount }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: the logits, batch × classes.
  ///   - target: the probabilities, batch × classes, which are known of an image or not.
  public mutating func add(prediction: Tensor, target: Labels) {
    require(
      prediction.shape == target.values.shape && prediction.shape.count == 2 && prediction.shape[1] == classCount,
      "predictions \(prediction.signature) and labels \(target.values.signature) are no batch of \(classCount) classes")
    let logarithms: [Double] = prediction.to(.float64).logSoftmax(axis: 1).array()
    let truth: [Double] = target.values.to(.float64).array()
    let known = target.knownElements
    for image in 0..<target.count where known?[image * classCount] ?? true {
      let range = image * classCount..<(image + 1) * classCount
      add(logarithms[range], truth[range])
    }
  }

  private mutating func add(_ logarithms: ArraySlice<Double>, _ truth: ArraySlice<Double>) {
    count += 1
    let pairs = Array(zip(logarithms, truth))
    let best = pairs.indices.max { pairs[$0].1 < pairs[$1].1 }!
    // What is not clearly behind comes before: neither equal logits nor such that are no numbers are hits.
    let rank = pairs.indices.count { $0 != best && !(pairs[$0].0 < pairs[best].0) }
    if rank == 0 { rightCount += 1 }
    if rank < 5 { amongFiveCount += 1 }
    divergence += pairs.reduce(0) { $1.1 > 0 ? $0 + $1.1 * (log($1.1) - $1.0) : $0 }
  }

  /// The fractions, from 0 to 1, and the divergence, of 0 or above.
  public var results: [MetricResult] {
    [
      MetricResult("accuracy", Double(rightCount).over(count), .higherIsBetter),
      MetricResult("top 5", Double(amongFiveCount).over(count), .higherIsBetter),
      MetricResult("KL", divergence.over(count), .lowerIsBetter),
    ]
  }
}
