import Experiments
import Foundation
import MultitaskLearning
import TestSupport
import Testing

/// RotoGrad, Auto-λ and FORUM in runs from configurations.
@Suite(.serialized) struct FurtherMethodTrainingTests {
  private static let rotograd = ["network.sharing=rotations", "method.aggregator=rotograd", "method.level=features"]

  private static let cases: [[String]] = [
    [],
    ["network.sharing={name: rotations, size: 5}", "method.aggregator={name: rotograd, scaling: false}"],
    ["method.aggregator=pcgrad", "training.accumulation=2", "training.batchSize=1"],
  ].map { (changes: [String]) -> [String] in rotograd + changes }

  private static let bilevelCases: [[String]] = [
    ["method.weighting={name: auto-lambda, metaLearningRate: 0.1}", "optimizer.name=sgd"],
    [
      "method.weighting={name: auto-lambda, weights: softmax, metaLearningRate: 0.1, primary: depth, derivative: exact}",
      "training.accumulation=2", "training.batchSize=1", "method.aggregator=pcgrad",
    ],
    ["method.weighting={name: forum, epoch: 2}"],
    ["method.weighting=forum", "network.sharing=mmoe", "method.aggregator=mgda"],
  ]

  @Test(arguments: cases + bilevelCases)
  func trainsAndResumes(_ changes: [String]) throws {
    try withTemporaryFolder { parent in
      let configuration = try SmallRuns.convolutional(changes + ["diagnostics.every=2"])
      let (whole, halted) = (
        RunFolder(parent.appendingPathComponent("a")), RunFolder(parent.appendingPathComponent("b"))
      )
      #expect(try SmallRuns.train(configuration, in: whole) == .finished)
      #expect(try SmallRuns.train(configuration, in: halted, stoppingAt: 2) == .stopped(step: 2))
      #expect(try SmallRuns.train(nil, in: halted) == .finished)
      let (a, b) = (try SmallRuns.steps(whole), try SmallRuns.steps(halted))
      #expect(a.count == 4 && a.map(\.losses) == b.map(\.losses) && a.map(\.weights) == b.map(\.weights))
      let learns = changes.contains { $0.contains("metaLearningRate") }
      #expect(!learns || a[0].weights != a[3].weights)
      guard changes.contains(where: { $0.contains("rotations") }) else { return }
      #expect(a.allSatisfy { $0.penalty != nil })
      let store = try TrainedRun(whole, checkpoint: .last).network.store
      let rotations = store.allParameters.filter { $0.name.hasSuffix(".original") }
      // Two tasks and three maps.
      #expect(rotations.count == 6 && rotations.allSatisfy { $0.value.array(of: Float.self).contains { $0 != 0 } })
      if changes.contains(where: { $0.contains("size: 5") }) { #expect(rotations.map(\.shape[0]).max() == 5) }
    }
  }

  @Test func badInput() throws {
    for (changes, answer) in [
      (["network.sharing=rotations"], "method.level has to be features"),
      (["network.sharing=rotations", "method.level=features"], "an aggregator that looks at each gradient"),
      (Self.rotograd + ["data.tasks=[depth]"], "several tasks"),
      (["method.weighting=auto-lambda", "method.aggregator=modo"], "both take several batches"),
      (["method.weighting={name: auto-lambda, primary: dept}"], "Did you mean 'depth'?"),
      (["method.weighting={name: forum, innerSteps: 0}"], "from 1 to"),
    ] {
      try SmallRuns.expectRefusal(of: SmallRuns.convolutional(changes), saying: answer)
    }
  }
}
