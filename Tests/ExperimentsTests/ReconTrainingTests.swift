import Experiments
import Foundation
import MultitaskLearning
import VisionNetworks
import TestSupport
import Testing

/// Recon in two runs: conflicts of layers are counted in the first, and the second has branches.
@Suite(.serialized) struct ReconTrainingTests {
  @Test func twoStages() throws {
    try withTemporaryFolder { parent in
      func run(_ name: String, _ changes: [String], stoppingAt stop: Int? = nil) throws -> RunFolder {
        let folder = RunFolder(parent.appendingPathComponent(name))
        let configuration = try SmallRuns.convolutional(
          ["data.tasks=[depth, edges, normals]", "diagnostics.every=3"] + changes)
        if try SmallRuns.train(configuration, in: folder, stoppingAt: stop) != .finished {
          #expect(try SmallRuns.train(nil, in: folder) == .finished)
        }
        return folder
      }
      let plain = try run("plain", [])
      let counted = try run("counted", ["diagnostics.layers=true"])
      let halted = try run("halted", ["diagnostics.layers=true"], stoppingAt: 2)
      // Counting changes nothing, and goes on where a run was halted.
      #expect(
        try SmallRuns.steps(plain).map(\.losses) == SmallRuns.steps(counted).map(\.losses)
          && !FileManager.default.fileExists(atPath: plain.layers.path))
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
      #expect(try SmallRuns.steps(branched).map(\.losses) == SmallRuns.steps(again).map(\.losses))
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
        try SmallRuns.expectRefusal(
          of: SmallRuns.convolutional(["data.tasks=[depth, edges, normals]"] + changes), saying: answer)
      }
    }
  }
}
