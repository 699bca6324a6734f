import Experiments
import Foundation
import MultitaskLearning
import VisionNetworks
import TestSupport
import Testing

/// Recon in two runs: conflicts of layers are counted in the first, and the second has branches.
@Suite(.serialized) struct ReconTrainingTests {
  private static func configuration(_ changes: [String]) throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=8", "data.validationCount=2", "data.height=32", "data.width=32",
      "network.encoder=resnet20_quarter", "data.tasks=[depth, edges, normals]", "training.steps=4",
      "training.batchSize=2", "training.evaluateEvery=0", "run.threads=2", "diagnostics.every=3",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  private static func losses(_ folder: RunFolder) throws -> [[String: Double]] {
    try MetricsLog.read(folder).compactMap { if case .step(let step) = $0 { step.losses } else { nil } }
  }

  /// In a scope of its own: a session holds the folder's lock.
  private static func train(
    _ configuration: Configuration, in folder: RunFolder, stoppingAt stop: Int?
  ) throws -> Trainer.Outcome {
    let session = try TrainingSession(configuration, folder: folder, existing: .refuse)
    return try session.run { session.trainer.completedSteps == stop }
  }

  @Test func twoStages() throws {
    try withTemporaryFolder { parent in
      func run(_ name: String, _ changes: [String], stoppingAt stop: Int? = nil) throws -> RunFolder {
        let folder = RunFolder(parent.appendingPathComponent(name))
        if try Self.train(Self.configuration(changes), in: folder, stoppingAt: stop) != .finished {
          #expect(try TrainingSession(nil, folder: folder, existing: .resume).run { false } == .finished)
        }
        return folder
      }
      let plain = try run("plain", [])
      let counted = try run("counted", ["diagnostics.layers=true"])
      let halted = try run("halted", ["diagnostics.layers=true"], stoppingAt: 2)
      // Counting changes nothing, and goes on where a run was halted.
      #expect(
        try Self.losses(plain) == Self.losses(counted) && !FileManager.default.fileExists(atPath: plain.layers.path))
      #expect(try Data(contentsOf: counted.layers) == Data(contentsOf: halted.layers))
      let conflicts = try LayerConflicts(ofRun: counted.url)
      let order = try conflicts.order()
      // A convolution and a normalization for each of 19 layers and 2 shortcuts.
      #expect(conflicts.steps == 4 && order.count == 42 && order[0].score > 0 && order[0].score <= 12)
      #expect(conflicts.layers.prefix(3) == ["backbone.conv1", "backbone.bn1", "backbone.layer1.0.conv1"])
      #expect(try LayerTable(conflicts, below: -0.02).text.contains("conflicts of 42 layers in 4 steps"))

      let sharing = "network.sharing={name: branched, run: \(counted.url.path), top: 5}"
      let branched = try run("branched", [sharing, "method.aggregator=pcgrad"])
      let again = try run("again", [sharing, "method.aggregator=pcgrad"], stoppingAt: 1)
      #expect(try Self.losses(branched) == Self.losses(again))
      let names = try TrainedRun(branched, checkpoint: .last).network.store.allParameters.map(\.name)
      for (index, layer) in order.enumerated() {
        #expect(names.contains { $0.hasPrefix("\(layer.layer).depth.") } == (index < 5), "\(layer)")
      }
      for (changes, answer) in [
        (["network.sharing={name: branched, run: \(plain.url.path), top: 5}"], "diagnostics.layers=true"),
        (["network.sharing={name: branched, run: \(counted.url.path), top: 50}"], "42 layers"),
        ([sharing, "network.encoder=resnet20"], ""), ([sharing, "network.encoder=resnet18"], "did not count"),
        ([sharing, "network.encoder=segnet"], "did not count"),
      ] where !answer.isEmpty {
        #expect {
          _ = try TrainingSession(
            Self.configuration(changes), folder: RunFolder(parent.appendingPathComponent("bad")), existing: .refuse)
        } throws: { "\($0)".contains(answer) }
      }
    }
  }
}
