import NeuralNetworks
import Support
import Torch

/// The accuracy and the F-measure of yes-or-no attributes of images.
///  `accuracy` is the fraction of all known labels that are predicted rightly, at a probability of 0.5; `F1` is the
/// harmonic mean of precision and recall, averaged over attributes (zero for an attribute that is neither there nor
/// predicted).
public struct AttributeMetric: TaskMetric {
  private var truePositives: [Int]
  private var falsePositives: [Int]
  private var falseNegatives: [Int]
  private var rightCount = 0
  private var count = 0

  /// Creates a metric that has seen nothing yet.
  ///
  /// - Parameter attributeCount: the number of attributes of each image.
  public init(attributeCount: Int) {
    truePositives = [Int](repeating: 0, count: attributeCount)
    falsePositives = truePositives
    falseNegatives = truePositives
  }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: the logits, batch × attributes.
  ///   - target: the labels 0 and 1, batch × attributes.
  public mutating func add(prediction: Tensor, target: Labels) {
    require(
      prediction.shape == target.values.shape && prediction.shape.count == 2
        && prediction.shape[1] == truePositives.count,
      "predictions \(prediction.signature) and labels \(target.values.signature) are no batch of \(truePositives.count) attributes"
    )
    let logits: [Float] = prediction.array()
    let truth: [Float] = target.values.array()
    let known = target.knownElements
    for index in truth.indices where known?[index] ?? true {
      add(isPredicted: logits[index] > 0, isTrue: truth[index] > 0.5, index % truePositives.count)
    }
  }

  private mutating func add(isPredicted: Bool, isTrue: Bool, _ attribute: Int) {
    count += 1
    if isPredicted == isTrue { rightCount += 1 }
    if isPredicted && isTrue { truePositives[attribute] += 1 }
    if isPredicted && !isTrue { falsePositives[attribute] += 1 }
    if !isPredicted && isTrue { falseNegatives[attribute] += 1 }
  }

  /// The accuracy and the F-measure, from 0 to 1.
  public var results: [MetricResult] {
    let scores = truePositives.indices.map { index in
      let hits = 2 * truePositives[index]
      return Double(hits).over(hits + falsePositives[index] + falseNegatives[index])
    }
    return [
      MetricResult("accuracy", Double(rightCount).over(count), .higherIsBetter),
      MetricResult("F1", scores.reduce(0, +).over(scores.count), .higherIsBetter),
    ]
  }
}
