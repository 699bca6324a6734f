import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing

import Experiments

/// What looks at gradients say about the methods to try.
@Suite struct MethodAdviceTests {
  private let aggregators: [(name: String, aggregator: any GradientAggregator)] = [
    ("sum", GradientSum()), ("mean", GradientMean()), ("imtl-g", IMTLG()), ("mgda", MGDA()), ("cagrad", CAGrad()),
    ("nash-mtl", NashMTL()), ("graddrop", GradDrop()),
  ]

  /// Two tasks with a cosine, of which the second has a gradient that many times as long.
  private func observations(cosine: Double, ratio: Double) -> [GradientObservation] {
    (0..<20).map { look in
      let c = cosine + 0.001 * Double(look % 3 - 1)
      return GradientObservation(losses: [1, 1], norms: [1, ratio], cosines: [[1, c], [c, 1]])
    }
  }

  /// Where one task's gradient is a hundred times as long, the sum serves the other not at all, and methods that balance do.
  @Test func dominanceIsSeen() throws {
    let advice = MethodAdvice(
      observations(cosine: 0, ratio: 100), tasks: ["a", "b"], aggregators: aggregators, seconds: ["sum": 0.1],
      others: ["uw"])
    #expect(advice.tasks.map(\.task) == ["b", "a"])
    expectClose(advice.tasks.map(\.relativeNorm), [10, 0.1], tolerance: 1e-6)
    expectClose(advice.tasks.map(\.cosineWithSum), [1, 0.01], tolerance: 2e-3)
    func method(_ name: String) throws -> MethodAdvice.Method { try #require(advice.methods.first { $0.name == name }) }
    // Of two right angles, both cosines are one half of the square root of two.
    for name in ["imtl-g", "nash-mtl"] {
      expectClose([try method(name).meanCosine!, try method(name).smallestCosine!], [0.7071, 0.7071], tolerance: 2e-3)
    }
    expectClose([try method("sum").meanCosine!], [0.505], tolerance: 2e-3)
    #expect(try method("sum").meanCosine == method("mean").meanCosine)
    #expect(advice.firstChoices.count == 3 && Set(advice.firstChoices).isSuperset(of: ["imtl-g", "nash-mtl"]))
    #expect(try method("sum").secondsPerStep == 0.1)
    // What looks at elements, and what weighs losses, is not judged.
    #expect(advice.methods.suffix(2).map(\.name) == ["graddrop", "uw"])
    #expect(advice.methods.suffix(2).allSatisfy { $0.meanCosine == nil && $0.certainty == nil })
    #expect(try method("imtl-g").certainty == 1)
  }

  @Test func conflictsAreCounted() {
    let advice = MethodAdvice(observations(cosine: -0.5, ratio: 1), tasks: ["a", "b"], aggregators: aggregators)
    #expect(advice.pairs.map(\.tasks) == [["a", "b"]] && advice.pairs[0].conflictFraction == 1)
    expectClose([advice.pairs[0].cosine], [-0.5], tolerance: 1e-3)
    let none = MethodAdvice(observations(cosine: 0.5, ratio: 1), tasks: ["a", "b"], aggregators: aggregators)
    #expect(none.pairs[0].conflictFraction == 0)
    // Equal lengths, and no conflict: every method goes along the sum.
    #expect(none.methods.compactMap(\.meanCosine).allSatisfy { abs($0 - 0.866) < 2e-3 })
  }

  @Test func aConfigurationIsJudged() throws {
    try withTemporaryFolder { parent in
      var configuration = Configuration()
      for change in [
        "data.tasks=[depth, normals, edges]", "data.trainingCount=8", "data.validationCount=2", "data.height=32",
        "data.width=32", "network.encoder=vit_micro", "training.batchSize=2", "run.threads=2", "method.aggregator=mgda",
      ] { try configuration.apply(assignment: change) }
      let session = try AdviceSession(configuration, steps: 4, folder: RunFolder(parent.appendingPathComponent("run")))
      var lines: [String] = []
      let (advice, layers) = try #require(try session.run(shouldStop: { false }) { lines.append($0) })
      #expect(advice.lookCount == 4 && advice.pairs.count == 3 && advice.tasks.count == 3)
      let judged = advice.methods.filter { $0.meanCosine != nil }
      #expect(judged.count > 12 && judged.allSatisfy { $0.secondsPerStep ?? 0 > 0 })
      #expect(advice.methods.contains { $0.name == "uw" && $0.meanCosine == nil && $0.secondsPerStep ?? 0 > 0 })
      #expect(advice.firstChoices.count == 3 && !advice.firstChoices.contains("sum"))
      let text = AdviceTable(advice, layers: layers).text
      for part in ["To try first: \(advice.firstChoices[0])", "How sure that is", "Layers with the most conflicts"] {
        #expect(text.contains(part), "\(text)")
      }
      #expect(lines.count == 1)
      try configuration.apply(assignment: "data.tasks=[depth]")
      #expect {
        try AdviceSession(configuration, steps: 4, folder: RunFolder(parent.appendingPathComponent("one")))
      } throws: { "\($0)".contains("a single loss, 'depth'") }
    }
  }
}
