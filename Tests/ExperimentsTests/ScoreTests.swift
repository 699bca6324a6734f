import Foundation
import TestSupport
import Testing
import VisionMetrics

import Experiments

/// Which of two evaluations is better.
@Suite struct ScoreTests {
  private func evaluation(_ values: [(Double, MetricResult.Direction)]) throws -> Evaluation {
    let tasks = values.enumerated().map { index, entry in
      """
      {"task": "\(index)", "loss": 1, "metrics": [{"name": "m", "value": \(entry.0), "direction": "\(entry.1.rawValue)"}]}
      """
    }
    return try JSONDecoder().decode(Evaluation.self, from: Data("{\"tasks\": [\(tasks.joined(separator: ","))]}".utf8))
  }

  private func score(_ value: Double, over reference: Double, _ direction: MetricResult.Direction) throws -> Double {
    try evaluation([(value, direction)]).score(against: evaluation([(reference, direction)]))
  }

  /// Whatever the reference, a better value has a higher score.
  @Test(arguments: [0, 1e-300, 1e-8, 1e-5, 0.3, 40], [MetricResult.Direction.higherIsBetter, .lowerIsBetter])
  func betterIsHigher(_ reference: Double, _ direction: MetricResult.Direction) throws {
    let values = [0, 1e-9, 0.01, 0.138, 0.422, 1, 30, 1e6]
    let scores = try values.map { try score($0, over: reference, direction) }
    #expect(scores.count == values.count && scores.allSatisfy(\.isFinite))
    let ordered = direction == .higherIsBetter ? scores : scores.reversed()
    for (worse, better) in zip(ordered, ordered.dropFirst()) { #expect(worse < better, "\(reference): \(scores)") }
  }

  @Test func gainsAreRelativeToAReference() throws {
    #expect(try score(0.6, over: 0.4, .higherIsBetter).isNear(0.5))
    #expect(try score(0.6, over: 0.4, .lowerIsBetter).isNear(-0.5))
    let both = try evaluation([(0.6, .higherIsBetter), (10, .lowerIsBetter)])
    #expect(try both.score(against: evaluation([(0.4, .higherIsBetter), (40, .lowerIsBetter)])).isNear(0.625))
  }

  /// A task whose reference is perfect does not outweigh the others.
  @Test func gainsOverZeroAreBounded() throws {
    for reference in [0, 1e-12] {
      #expect(try score(1e9, over: reference, .lowerIsBetter) >= -1)
      #expect(try score(1e9, over: reference, .higherIsBetter) <= 1)
      #expect(try abs(score(0, over: reference, .lowerIsBetter)) < 1e-9)
    }
  }
}

extension Double {
  fileprivate func isNear(_ other: Double) -> Bool { abs(self - other) < 1e-12 }
}
