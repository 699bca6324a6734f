import Foundation
import NeuralNetworks
import Support
import Testing
import Torch
import VisionMetrics

@Suite struct ProbabilityMetricTests {
  private func probabilities(_ count: Int, using generator: inout SeededGenerator) -> [Float] {
    let raw = (0..<count).map { _ in Float.random(in: 0...1, using: &generator) }
    return raw.map { $0 / raw.reduce(0, +) }
  }

  @Test func resultsAreThoseOfAllImages() {
    var generator = SeededGenerator(seed: 4)
    let (count, classCount) = (60, 9)
    let truth = (0..<count).map { _ in probabilities(classCount, using: &generator) }
    let guesses = (0..<count).map { _ in probabilities(classCount, using: &generator) }
    let known = (0..<count).map { $0 % 7 != 3 }
    var metric = ProbabilityMetric(classCount: classCount)
    for start in stride(from: 0, to: count, by: 20) {
      let range = start..<start + 20
      // A constant that is added to all logits changes nothing.
      let logits = guesses[range].flatMap { $0.map { log($0) + 3 } }
      metric.add(
        prediction: Tensor(logits, shape: [20, classCount]),
        target: Labels(
          Tensor(truth[range].flatMap { $0 }, shape: [20, classCount]),
          known: Tensor(Array(known[range]), shape: [20, 1])))
    }
    let used = (0..<count).filter { known[$0] }
    func rank(_ image: Int) -> Int {
      let best = truth[image].firstIndex(of: truth[image].max()!)!
      return guesses[image].sorted(by: >).firstIndex(of: guesses[image][best])!
    }
    let divergences = used.map { image in
      zip(truth[image], guesses[image]).reduce(0.0) { $0 + Double($1.0) * log(Double($1.0) / Double($1.1)) }
    }
    let expected = [
      Double(used.count { rank($0) == 0 }) / Double(used.count),
      Double(used.count { rank($0) < 5 }) / Double(used.count),
      divergences.reduce(0, +) / Double(used.count),
    ]
    #expect(metric.results.map(\.name) == ["accuracy", "top 5", "KL"])
    for (result, value) in zip(metric.results, expected) { #expect(abs(result.value - value) < 1e-5, "\(result.name)") }
  }

  @Test func certaintyAndIgnorance() {
    var metric = ProbabilityMetric(classCount: 2)
    #expect(metric.results.map(\.value) == [0, 0, 0])
    let certain = Labels(Tensor([1, 0] as [Float], shape: [1, 2]))
    metric.add(prediction: Tensor([0, 0] as [Float], shape: [1, 2]), target: certain)
    #expect(abs(metric.value("KL")! - log(2)) < 1e-12)
    metric.add(prediction: Tensor([100, -100] as [Float], shape: [1, 2]), target: certain)
    #expect(metric.value("accuracy") == 0.5 && abs(metric.value("KL")! - log(2) / 2) < 1e-12)
    metric.add(prediction: Tensor([.nan, .nan] as [Float], shape: [1, 2]), target: certain)
    #expect(abs(metric.value("accuracy")! - 1.0 / 3) < 1e-12)
  }
}
