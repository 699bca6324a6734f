import Experiments
import Foundation
import MultitaskLearning
import TestSupport
import Testing
import VisionNetworks

/// Networks that grow while they are trained.
@Suite(.serialized) struct GrowthTrainingTests {
  @Test func networksGrowOnceAndAreFoundAgain() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let session = try TrainingSession(
        SmallRuns.evaluated(["method.adaptation={name: dtme, samples: 4}"]), folder: folder, existing: .refuse)
      #expect(try session.run { false } == .finished)
      let (trainer, records) = (session.trainer, try MetricsLog.read(folder))
      let grown = records.compactMap { record -> (step: Int, report: TokenAdaptationReport)? in
        guard case .adaptation(let adaptation) = record, case .tokens(let report) = adaptation.report else {
          return nil
        }
        return (adaptation.step, report)
      }
      #expect(grown.count == 1 && grown[0].step == 2 && grown[0].report.analysis.sampleCount == 4)
      let report = grown[0].report
      // Three tasks, two of three layers each: weight, bias and one token of 48 numbers.
      #expect(report.parameterCountAfter - report.parameterCountBefore == 3 * 2 * 3 * 48)
      #expect(trainer.network.store.parameterCount == report.parameterCountAfter)
      let run = try TrainedRun(folder, checkpoint: .last)
      #expect(run.network.transformer?.growth == report.growth)
      #expect(try run.evaluate() == trainer.lastEvaluation)
      let shared = try run.analyzeTokens(sampleCount: 4, ratio: 10)
      #expect(shared.layers.count == report.growth.firstSeparateLayer! + 1)
      #expect(try String(contentsOf: folder.report, encoding: .utf8).contains("<h2>Tokens</h2>"))
    }
  }

  /// Tokens that stay in the stream do not hide its gradients.
  @Test func keptTokensCanBeLookedAt() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let dtme = "method.adaptation={name: dtme, samples: 4, moment: 0, modulated: 0, expanded: 1, keepTokens: true}"
      _ = try SmallRuns.train(SmallRuns.evaluated([dtme]), in: folder)
      let analysis = try TrainedRun(folder, checkpoint: .last).analyzeTokens(sampleCount: 8, ratio: 10)
      #expect(analysis.layers.count == 3)
      for layer in analysis.layers { #expect(layer.rangeConflictCount < 3 * 8) }
    }
  }

  @Test func sharesOfNoLayerAreAnswered() throws {
    try withTemporaryFolder { parent in
      let dtme = "method.adaptation={name: dtme, samples: 4, moment: 0, modulated: 0.1, expanded: 0.1}"
      #expect {
        _ = try SmallRuns.train(SmallRuns.evaluated([dtme]), in: RunFolder(parent.appendingPathComponent("run")))
      } throws: {
        "\($0)".contains("no whole layer of 3")
      }
    }
  }

  /// A configuration and a checkpoint of which only one says that the network grew.
  @Test func growthThatDoesNotFitIsExplained() throws {
    try withTemporaryFolder { parent in
      let (plain, grown) = (
        RunFolder(parent.appendingPathComponent("plain")), RunFolder(parent.appendingPathComponent("grown"))
      )
      _ = try SmallRuns.train(SmallRuns.evaluated(), in: plain)
      _ = try SmallRuns.train(SmallRuns.evaluated(["method.adaptation={name: dtme, samples: 4}"]), in: grown)
      let (plainText, grownText) = (
        try Data(contentsOf: plain.configuration), try Data(contentsOf: grown.configuration)
      )
      try plainText.write(to: grown.configuration)
      #expect { _ = try TrainedRun(grown, checkpoint: .last) } throws: {
        "\($0)".contains("a transformer that grew") && "\($0)".contains("method.adaptation has to be dtme")
      }
      let longer = String(decoding: grownText, as: UTF8.self).replacing("steps: 4 ", with: "steps: 9 ")
      try Data(longer.utf8).write(to: plain.configuration)
      let session = try TrainingSession(nil, folder: plain, existing: .resume)
      #expect { _ = try session.run { false } } throws: {
        "\($0)".contains("was to grow after step 2") && "\($0)".contains("earlier checkpoint")
      }
    }
  }
}
