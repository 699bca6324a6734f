import Foundation
import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// The probability of each of several classes for the image as a whole.
struct ProbabilitiesTask: LearnableTask {
  let classCount: Int

  var loss: any Loss { SoftCrossEntropy() }
  func makeMetric() -> any TaskMetric { ProbabilityMetric(classCount: classCount) }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("accuracy") }
  func makeStatistics() -> any TargetStatistics { MeanProbabilities(classCount: classCount) }

  private static func probabilities(_ prediction: Tensor) -> [Float] {
    prediction.to(.float32).softmax(axis: 0).array()
  }

  /// The three most probable classes.
  func text(prediction: Tensor, of task: String) -> String? {
    Self.probabilities(prediction).enumerated().sorted { $0.element > $1.element }.prefix(3)
      .map { "class \($0.offset) " + String(format: "%.3f", $0.element) }.joined(separator: ", ")
  }

  func drawing(prediction: Tensor) -> Picture { Self.bars(Self.probabilities(prediction)) }

  /// Gray where nothing is known.
  func drawing(target: Target) -> Picture {
    guard case .probabilities(let numbers?) = target else {
      return Picture(
        width: Self.width, height: Self.height, channels: 3,
        samples: .bits8([UInt8](repeating: 128, count: 3 * Self.width * Self.height)))
    }
    return Self.bars(numbers)
  }

  private static let (width, height) = (200, 48)

  /// A bar for each class, or for the largest of neighboring ones, relative to the largest of all.
  private static func bars(_ probabilities: [Float]) -> Picture {
    let largest = probabilities.max()!
    let heights = (0..<width).map { column -> Int in
      let first = column * probabilities.count / width
      let end = max(first + 1, (column + 1) * probabilities.count / width)
      let fraction = probabilities[first..<end].max()! / largest
      return fraction.isFinite ? Int(Float(height) * fraction) : 0
    }
    let pixels = (0..<height).flatMap { row in
      heights.flatMap { height - row <= $0 ? Drawing.color(of: 3) : [240, 240, 240] }
    }
    return Picture(width: width, height: height, channels: 3, samples: .bits8(pixels))
  }
}

/// The mean of the known probabilities of each class, as logits.
struct MeanProbabilities: TargetStatistics {
  private var sums: [Double]
  private var count = 0.0

  init(classCount: Int) { sums = [Double](repeating: 0, count: classCount) }

  mutating func add(_ target: Target) {
    guard case .probabilities(let numbers?) = target else { return }
    for (index, number) in numbers.enumerated() { sums[index] += Double(number) }
    count += 1
  }

  var prediction: [Double] { sums.map { log(max(1e-9, $0 / max(1, count))) } }
}
