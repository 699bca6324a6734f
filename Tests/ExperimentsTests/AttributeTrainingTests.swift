import Experiments
import Foundation
import TestSupport
import Testing
import VisionData

/// The second workload: yes or no about images as a whole.
@Suite(.serialized) struct AttributeTrainingTests {
  private func configuration(_ settings: [String]) throws -> Configuration {
    var configuration = Configuration()
    let common = [
      "workload=attributes", "data.tasks=[holds-sphere, top-uncovered, more-than-six]", "network.decoder=linear",
      "network.encoder=vit_micro", "data.height=32", "data.width=32", "data.trainingCount=64",
      "data.validationCount=32", "training.batchSize=8", "run.threads=2", "training.evaluateEvery=0",
    ]
    for setting in common + settings { try configuration.apply(assignment: setting) }
    return configuration
  }

  @Test func trainsResumesEvaluatesAndPredicts() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let configuration = try configuration([
        "training.steps=12", "method.aggregator=pcgrad", "training.checkpointEvery=4",
      ])
      do {
        let session = try TrainingSession(configuration, folder: folder, existing: .refuse)
        #expect(try session.run { session.trainer.completedSteps >= 6 } == .stopped(step: 6))
      }
      let resumed = try TrainingSession(nil, folder: folder, existing: .resume)
      #expect(try resumed.run { false } == .finished)
      let evaluation = try #require(resumed.trainer.lastEvaluation)
      #expect(evaluation.tasks.map(\.task) == configuration.data.tasks)
      for task in evaluation.tasks + resumed.trainer.trivial.tasks {
        #expect(task.primary.name == "accuracy" && (0...1).contains(task.primary.value))
      }
      // The trivial predictor's accuracy is the frequency of the more frequent answer: both answers are frequent.
      for task in resumed.trainer.trivial.tasks { #expect((0.2...0.95).contains(task.primary.value), "\(task)") }

      // One go makes the same steps.
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      let other = try TrainingSession(configuration, folder: whole, existing: .refuse)
      #expect(try other.run { false } == .finished)
      #expect(other.trainer.lastEvaluation == evaluation)

      let run = try TrainedRun(folder, checkpoint: .last)
      #expect(try run.evaluate() == evaluation)
      let image = try Picture(contentsOf: folder.predictions.appendingPathComponent("0-input.png"))
      let readings = try run.predict(image)
      #expect(readings.map(\.task) == configuration.data.tasks)
      for (task, reading) in readings {
        guard case .text(let text) = reading else {
          Issue.record("a picture for '\(task)'")
          continue
        }
        let number = try #require(Double(text), "\(task): \(text)")
        #expect((0...1).contains(number), "\(text)")
      }
      let report = try String(contentsOf: folder.report, encoding: .utf8)
      #expect(report.contains("accuracy") && report.contains("holds-sphere"))
    }
  }

  private func complaint(_ settings: [String], workload: String = "attributes") -> String {
    withTemporaryFolderOrNil { parent in
      do {
        let configuration = try configuration(settings + ["workload=\(workload)", "training.steps=1"])
        _ = try TrainingSession(configuration, folder: RunFolder(parent), existing: .refuse)
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  private func withTemporaryFolderOrNil(_ body: (URL) -> String) -> String {
    (try? withTemporaryFolder { body($0.appendingPathComponent("run")) }) ?? "no folder"
  }

  @Test func whatDoesNotFitIsNamed() {
    let dense = complaint(["data.tasks=[depth]"])
    #expect(dense.contains("'depth' is about pixels") && dense.contains("images as a whole"), "\(dense)")
    let whole = complaint([], workload: "pixels")
    #expect(whole.contains("'holds-sphere' is about images as a whole"), "\(whole)")
    #expect(whole.contains("workload: attributes"), "\(whole)")
    let decoder = complaint(["network.decoder=multi-scale"])
    #expect(decoder.contains("network.decoder is multi-scale") && decoder.contains("linear can be taken"), "\(decoder)")
    let maps = complaint(["data.tasks=[depth]", "network.decoder=linear"], workload: "pixels")
    #expect(maps.contains("network.decoder is linear") && maps.contains("aspp"), "\(maps)")
    let unknown = complaint([], workload: "attribute")
    #expect(unknown.contains("unknown workload 'attribute'") && unknown.contains("'attributes'?"), "\(unknown)")
  }
}
