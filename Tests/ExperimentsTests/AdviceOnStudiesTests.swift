import Foundation
import MultitaskLearning
import TestSupport
import Testing

import Experiments

/// How often the first choices of advice are among the best three of a study's table.
@Suite struct AdviceOnStudiesTests {
  /// What `polymath advise` has seen of a study's configuration.
  private struct Looks: Decodable {
    let tasks: [String]
    let observations: [GradientObservation]
  }

  /// A study of `Examples`, whose results are in `Documentation`.
  private struct StudyRecord {
    let looks: String
    /// How good each method came out that advice can judge, by the names of the registry: its mean gain Δm in percent, or
    /// its mean rank with a minus sign where Δm depends on one measure.
    let gains: [String: Double]
  }

  private static let studies = [
    StudyRecord(
      looks: "scenes-study-looks",
      gains: [
        "pcgrad": -7.41, "cagrad": -5.14, "mgda": -10.90, "nash-mtl": 4.30, "imtl": 3.20, "aligned-mtl": -3.03,
      ]),
    StudyRecord(
      looks: "scenes-robust-analysis-looks",
      gains: [
        "pcgrad": -9.73, "cagrad": -8.58, "mgda": -19.48, "nash-mtl": -10.32, "imtl": -15.91, "aligned-mtl": -11.81,
      ]),
  ]

  /// Two studies are no more than examples: three of six at random would share 1.5 on average.
  @Test func firstChoicesAreAmongTheBest() throws {
    var hits: [Int] = []
    for study in Self.studies {
      let url = try #require(
        Bundle.module.url(forResource: study.looks, withExtension: "json", subdirectory: "Resources"))
      let looks = try JSONDecoder().decode(Looks.self, from: Data(contentsOf: url))
      #expect(looks.observations.count >= 30)
      let names = study.gains.keys.sorted()
      let aggregators = try names.map { name in
        (name: name, aggregator: try MethodRegistry.aggregator(name).make([:], tasks: looks.tasks))
      }
      let advice = MethodAdvice(looks.observations, tasks: looks.tasks, aggregators: aggregators)
      let best = study.gains.sorted { $0.value > $1.value }.prefix(3).map(\.key)
      hits.append(Set(advice.firstChoices).intersection(best).count)
      #expect(advice.firstChoices.count == 3)
    }
    // What came out; the documentation tells it.
    #expect(hits == [3, 1])
  }
}
