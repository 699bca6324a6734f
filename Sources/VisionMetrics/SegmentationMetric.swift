import NeuralNetworks
import Support
import Torch

/// The intersections over unions and the accuracies of predicted classes.
///
/// - Source: the evaluators of Vandenhende et al., TPAMI 2021: true and false positives pooled over all pixels with
///   a known label; the mean runs over all classes, and a class that neither truth nor prediction has counts as zero.
public struct SegmentationMetric: TaskMetric {
  /// The number of classes.
  public let classCount: Int
  private var truePositives: [Int]
  private var falsePositives: [Int]
  private var falseNegatives: [Int]

  /// Creates a metric that has seen nothing yet.
  public init(classCount: Int) {
    self.classCount = classCount
    truePositives = [Int](repeating: 0, count: classCount)
    falsePositives = truePositives
    falseNegatives = truePositives
  }

  /// Adds a batch: logits, batch × classes × height × width, and labels, batch × height × width.
  public mutating func add(prediction: Tensor, target: Labels) {
    add(labels: prediction.argmax(axis: 1).array(), truth: target.values.array(), known: target.knownElements)
  }

  /// Adds some pixels.
  ///
  /// - Parameters:
  ///   - labels: the predicted label of each pixel; one outside of the classes is only a miss of the true class.
  ///   - truth: the true label of each pixel; one that is known and outside of the classes stops the process.
  ///   - known: whether the true label of each pixel is known; nil if all of them are.
  public mutating func add(labels: [Int], truth: [Int], known: [Bool]? = nil) {
    require(labels.count == truth.count, "\(labels.count) labels for \(truth.count) pixels")
    for index in truth.indices where known?[index] ?? true {
      let (label, true_) = (labels[index], truth[index])
      require((0..<classCount).contains(true_), "the true label \(true_) is not one of \(classCount) classes")
      if label == true_ {
        truePositives[true_] += 1
      } else {
        falseNegatives[true_] += 1
        if (0..<classCount).contains(label) { falsePositives[label] += 1 }
      }
    }
  }

  /// The intersection over union of each class; nil for a class that neither truth nor prediction has.
  public var intersectionsOverUnions: [Double?] {
    (0..<classCount).map { index in
      let union = truePositives[index] + falsePositives[index] + falseNegatives[index]
      return union == 0 ? nil : Double(truePositives[index]) / Double(union)
    }
  }

  /// The mean intersection over union and the accuracies, from 0 to 1.
  public var results: [MetricResult] {
    let overlaps = intersectionsOverUnions.compactMap { $0 }
    let sum = overlaps.reduce(0, +)
    let trueCounts = zip(truePositives, falseNegatives).map { $0 + $1 }
    let recalls = zip(truePositives, trueCounts).filter { $1 > 0 }.map { Double($0) / Double($1) }
    return [
      MetricResult("mIoU", sum.over(classCount), .higherIsBetter),
      MetricResult("mIoU present", sum.over(overlaps.count), .higherIsBetter),
      MetricResult(
        "pixel accuracy", Double(truePositives.reduce(0, +)).over(trueCounts.reduce(0, +)), .higherIsBetter),
      MetricResult("mean accuracy", recalls.reduce(0, +).over(recalls.count), .higherIsBetter),
    ]
  }
}
