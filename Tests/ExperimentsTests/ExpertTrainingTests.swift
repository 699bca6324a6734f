import Experiments
import Foundation
import MultitaskLearning
import TestSupport
import Testing

/// Networks of experts in runs from configurations.
@Suite(.serialized) struct ExpertTrainingTests {
  /// An interrupted run ends with the same bytes as one that was not.
  @Test(arguments: ["mmoe", "cgc", "ple", "dselect-k", "{name: ltb, epochs: 8, warmup: 0.2}"])
  func trainsResumesAndEvaluates(_ sharing: String) throws {
    try withTemporaryFolder { parent in
      let configuration = try SmallRuns.convolutional(["network.sharing=\(sharing)", "method.aggregator=pcgrad"])
      let (whole, halted) = (
        RunFolder(parent.appendingPathComponent("a")), RunFolder(parent.appendingPathComponent("b"))
      )
      let session = try TrainingSession(configuration, folder: whole, existing: .refuse)
      #expect(try session.run { false } == .finished)
      #expect(try #require(session.trainer.lastEvaluation).tasks.allSatisfy { $0.primary.value.isFinite })
      #expect(
        try TrainingSession(configuration, folder: halted, existing: .refuse).run { true } == .stopped(step: 1))
      #expect(try TrainingSession(nil, folder: halted, existing: .resume).run { false } == .finished)
      let tensors = try [whole, halted].map { folder -> [String: Data] in
        let files = try FileManager.default.contentsOfDirectory(
          at: folder.checkpoints, includingPropertiesForKeys: nil)
        return Dictionary(
          uniqueKeysWithValues: try files.filter { $0.pathExtension == "safetensors" }
            .map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
      }
      #expect(tensors[0] == tensors[1] && !tensors[0].isEmpty)
    }
  }

  @Test func badInput() throws {
    for (changes, answer) in [
      (["network.encoder=vit_micro", "network.sharing=ple"], "resnet18"),
      (["network.sharing={name: mmoe, experts: 0}"], "1 to 64"),
      (["network.sharing={name: mmoe, expert: 2}"], "Did you mean 'experts'?"),
      (["network.sharing=mmoe", "method.level=features"], "method.level has to be parameters"),
      (["network.sharing=mmoe", "data.tasks=[depth]"], "several tasks"),
      (["network.sharing=mmoe", "data.cropHeight=16", "data.cropWidth=16"], "one size"),
    ] {
      try SmallRuns.expectRefusal(of: SmallRuns.convolutional(changes), saying: answer)
    }
  }
}
