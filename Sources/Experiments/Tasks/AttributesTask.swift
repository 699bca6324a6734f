import Foundation
import NeuralNetworks
import Torch
import VisionData
import VisionMetrics

/// Yes or no about the image as a whole, for each of several attributes.
struct AttributesTask: LearnableTask {
  let names: [String]

  var loss: any Loss { BinaryCrossEntropy() }
  func makeMetric() -> any TaskMetric { AttributeMetric(attributeCount: names.count) }
  func performance(_ metrics: [MetricResult]) -> Double { metrics.value("accuracy") }
  func makeStatistics() -> any TargetStatistics { YesFrequencies(channels: names.count) }

  private static func probabilities(_ prediction: Tensor) -> [Float] { prediction.array().map { 1 / (1 + exp(-$0)) } }

  /// The probability of each attribute.
  func text(prediction: Tensor, of task: String) -> String? {
    let texts = Self.probabilities(prediction).map { String(format: "%.3f", $0) }
    return names == [task] ? texts[0] : zip(names, texts).map { "\($0) \($1)" }.joined(separator: ", ")
  }

  func drawing(prediction: Tensor) -> Picture { Self.swatches(Self.probabilities(prediction)) }

  func drawing(target: Target) -> Picture {
    Self.swatches((target.attributes ?? []).map { label in label.map { $0 ? 1 : 0 } })
  }

  /// The side of a square, in pixels.
  private static let side = 24

  /// A square for each attribute: from dark red (no) to bright green (yes), gray where it is not known.
  private static func swatches(_ probabilities: [Float?]) -> Picture {
    let colors = probabilities.map { probability -> [UInt8] in
      guard let probability else { return [128, 128, 128] }
      return [UInt8(150 * (1 - probability)), UInt8(40 + 160 * probability), 60]
    }
    let row = colors.flatMap { color in (0..<side).flatMap { _ in color } }
    return Picture(
      width: side * colors.count, height: side, channels: 3, samples: .bits8((0..<side).flatMap { _ in row }))
  }
}
