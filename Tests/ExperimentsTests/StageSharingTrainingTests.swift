import Experiments
import Foundation
import TestSupport
import Testing
import VisionData

/// Cross-stitch networks, NDDR-CNN and MTAN by configuration: a run that stops goes on exactly, and is evaluated.
@Suite struct StageSharingTrainingTests {
  @Test(arguments: [
    "cross-stitch", "{name: cross-stitch, factors: pairs, own: 0.8, other: 0.2, end: false}",
    "{name: cross-stitch, factors: senders, stem: true, learningRateFactor: 1}",
    "{name: nddr, momentum: 0.5}", "mtan", "{name: mtan, middle: full, refinement: basic}",
  ])
  func stoppedRunsGoOnExactly(_ sharing: String) throws {
    try withTemporaryFolder { parent in
      let configuration = try SmallRuns.convolutional([
        "network.encoder=resnet18_quarter", "network.decoder=last-map", "data.trainingCount=6",
        "training.checkpointEvery=0", "network.sharing=\(sharing)", "method.aggregator=pcgrad",
      ])
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      #expect(try SmallRuns.train(configuration, in: whole) == .finished)
      let parts = RunFolder(parent.appendingPathComponent("parts"))
      #expect(try SmallRuns.train(configuration, in: parts, stoppingAt: 2) == .stopped(step: 2))
      #expect(try SmallRuns.train(nil, in: parts) == .finished)
      let (found, expected) = (try SmallRuns.steps(parts).map(\.losses), try SmallRuns.steps(whole).map(\.losses))
      #expect(found.count == 4 && found == expected)
      #expect(try TrainedRun(parts, checkpoint: .last).evaluate().tasks.count == 2)
    }
  }

  @Test func whatCannotBeSharedIsRefused() {
    func complaint(_ yaml: String) -> String {
      do {
        try Configuration(yaml: yaml, source: "c.yaml").check(availableTasks: Scenes.allTasks)
        return "nothing"
      } catch { return "\(error)" }
    }
    let tokens = complaint("network: {sharing: cross-stitch, encoder: vit_micro}")
    #expect(tokens.contains("steps between which tasks can exchange maps, which vit_micro does not have"), "\(tokens)")
    #expect(tokens.contains("resnet18") && tokens.contains("hrnet_w18") && tokens.contains("segnet"), "\(tokens)")
    let branches = complaint("network: {sharing: mtan, encoder: hrnet_w18}")
    #expect(branches.contains("layers to which tasks can attend, which hrnet_w18 does not have"), "\(branches)")
    for name in ["cross-stitch", "nddr", "mtan"] {
      let single = complaint("{network: {sharing: \(name), encoder: resnet18}, data: {tasks: [depth]}}")
      #expect(single.contains("\(name) is about several tasks, but there is one: depth"), "\(single)")
      let level = complaint(
        "{network: {sharing: \(name), encoder: resnet18}, method: {level: features, aggregator: mgda}}")
      #expect(level.contains("method.level has to be parameters"), "\(level)")
      let unknown = complaint("network: {sharing: {name: \(name), owm: 1}, encoder: resnet18}")
      #expect(unknown.contains("owm"), "\(unknown)")
    }
    let word = complaint("network: {sharing: {name: cross-stitch, factors: channel}, encoder: resnet18}")
    #expect(word.contains("channels"), "\(word)")
    let sender = complaint("network: {sharing: {name: cross-stitch, factors: senders, other: 1}, encoder: resnet18}")
    #expect(sender.contains("one factor for all tasks, which 'own' sets, not 'other'"), "\(sender)")
    #expect(complaint("network: {sharing: {name: mtan, middle: quarter}, encoder: resnet18}") == "nothing")
  }
}
