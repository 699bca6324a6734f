import Experiments
import Foundation
import TestSupport
import Testing
import Torch
import VisionNetworks

/// A gated run becomes a run of a static network, which is like any other.
@Suite struct PrunedRunTests {
  private static let gates = "network.sharing={name: gates, ownFraction: 0.5}"

  private func values(_ evaluation: Evaluation) -> [Double] {
    evaluation.tasks.flatMap { $0.metrics.map(\.value) }
  }

  private func complaint(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "nothing"
  }

  @Test(arguments: ["vit_micro", "resnet18_quarter"])
  func theStaticNetworkEvaluatesAsTheGatedOneAndIsTrainedFurther(_ encoder: String) throws {
    try withTemporaryFolder { parent in
      let folder = try SmallRuns.train(
        [
          Self.gates, "network.encoder=\(encoder)",
          "optimizer.groups=[{group: gates, learningRateFactor: 1}, {parameters: 'heads.*', weightDecay: 0}]",
        ],
        in: parent.appendingPathComponent("gated"))
      let gated = try TrainedRun(folder, checkpoint: .best)
      let pruned = try TrainedRun(folder.pruned, checkpoint: .best)
      #expect(pruned.network.store.parameterCount < gated.network.store.parameterCount)
      #expect(pruned.configuration.network.sharing.name == "static")
      #expect(try CostSubject(gated).note?.contains("of the FLOPs of single-task networks") == true)
      #expect(try CostSubject(pruned).note == nil)
      for (own, other) in paired(values(try pruned.evaluate()), values(try gated.evaluate())) {
        #expect(abs(own - other) <= 1e-4 * max(1, abs(other)))
      }
      // It moves with its folder, and is trained further there.
      let moved = RunFolder(parent.appendingPathComponent("moved"))
      try FileManager.default.moveItem(at: folder.pruned.url, to: moved.url)
      let outcome = try TrainingSession(nil, folder: moved, existing: .resume).run { false }
      #expect(outcome == .finished)
      #expect(try TrainedRun(moved, checkpoint: .last).checkpoint.step == 2)
    }
  }

  @Test func someTasksAndWhatCannotBePruned() throws {
    try withTemporaryFolder { parent in
      let folder = try SmallRuns.train([Self.gates], in: parent.appendingPathComponent("gated"))
      let run = try TrainedRun(folder, checkpoint: .best)
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted()
      let one = RunFolder(parent.appendingPathComponent("edges"))
      // What a killed process has left.
      try RunFolder(parent.appendingPathComponent(".edges.partial")).create()
      _ = try PrunedRun(run, to: one, for: ["edges"])
      let edges = try TrainedRun(one, checkpoint: .last)
      #expect(edges.network.tasks == ["edges"])
      for (own, other) in paired(try edges.evaluate().tasks[0].metrics, try run.evaluate().tasks[1].metrics) {
        #expect(abs(own.value - other.value) <= 1e-4 * max(1, abs(other.value)))
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted() == before)
      #expect(complaint { _ = try PrunedRun(run, to: one) }.contains("--overwrite"))
      let unknown = complaint { _ = try PrunedRun(run, to: one, for: ["edge"], replacing: true) }
      #expect(unknown.contains("'edges'?"), "\(unknown)")
      let again = complaint { _ = try PrunedRun(edges, to: RunFolder(parent.appendingPathComponent("again"))) }
      #expect(again.contains("is pruned already"), "\(again)")
      let hard = try TrainedRun(
        SmallRuns.train([], in: parent.appendingPathComponent("hard")), checkpoint: .best)
      let ungated = complaint { _ = try PrunedRun(hard, to: RunFolder(parent.appendingPathComponent("none"))) }
      #expect(ungated.contains("has no gates") && ungated.contains("'gates'"), "\(ungated)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).sorted() == ["edges", "gated", "hard"])
    }
  }

  /// Pruning takes the place of nothing that it could not make again.
  @Test func trainingsAreNeverReplaced() throws {
    try withTemporaryFolder { parent in
      let gated = try SmallRuns.train([Self.gates], in: parent.appendingPathComponent("gated"))
      let hard = try SmallRuns.train([], in: parent.appendingPathComponent("hard"))
      let run = try TrainedRun(gated, checkpoint: .best)
      let other = complaint { _ = try PrunedRun(run, to: hard, replacing: true) }
      #expect(other.contains("was not made by pruning") && other.contains("--out"), "\(other)")
      #expect(try TrainedRun(hard, checkpoint: .last).checkpoint.step == 2)
      _ = try PrunedRun(run, to: gated.pruned, replacing: true)
      #expect(PrunedRun.note(on: gated)?.contains("static network") == true)
      let summary = try RunSummary.load(gated)
      _ = try TrainingSession(nil, folder: gated.pruned, existing: .resume).run { false }
      for isReplacing in [false, true] {
        let trained = complaint { _ = try PrunedRun(run, to: gated.pruned, replacing: isReplacing) }
        #expect(trained.contains("up to step 2") && !trained.contains("--overwrite"), "\(trained)")
      }
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: gated.url.path).sorted()
      }
      let before = try names()
      // The gated run is what it was: the network that was trained on is not its own.
      #expect(try TrainingSession(nil, folder: gated, existing: .resume).run { false } == .finished)
      #expect(try TrainedRun(gated.pruned, checkpoint: .last).checkpoint.step == 2)
      #expect(try RunSummary.load(gated).parameterCount == summary.parameterCount)
      #expect(PrunedRun.note(on: gated)?.contains("is kept") == true)
      #expect(try names() == before)
      let overwritten = complaint {
        _ = try TrainingSession(SmallRuns.configuration([]), folder: gated, existing: .overwrite)
      }
      #expect(overwritten.contains("pruned: holds a static network that was trained"), "\(overwritten)")
      // So it is with anything else.
      try FileManager.default.removeItem(at: gated.pruned.url)
      try Data("mine".utf8).write(to: gated.pruned.url)
      let file = complaint { _ = try PrunedRun(run, to: gated.pruned, replacing: true) }
      #expect(file.contains("is a file"), "\(file)")
      #expect(try TrainingSession(nil, folder: gated, existing: .resume).run { false } == .finished)
      #expect(try Data(contentsOf: gated.pruned.url) == Data("mine".utf8))
      #expect(PrunedRun.note(on: gated)?.contains("was not written") == true)
      let lost = complaint { _ = try TrainingSession(SmallRuns.configuration([]), folder: gated, existing: .overwrite) }
      #expect(lost.contains("pruned: would be lost"), "\(lost)")
    }
  }

  @Test func aFolderThatIsTrainedInIsLeftAlone() throws {
    try withTemporaryFolder { parent in
      let gated = try SmallRuns.train([Self.gates], in: parent.appendingPathComponent("gated"))
      let run = try TrainedRun(gated, checkpoint: .best)
      let training = try TrainingSession(nil, folder: gated.pruned, existing: .resume)
      let found = complaint { _ = try PrunedRun(run, to: gated.pruned, replacing: true) }
      #expect(found.contains("another process is training there"), "\(found)")
      #expect(try training.run { false } == .finished)
    }
  }

  @Test func layoutsThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { parent in
      let folder = try SmallRuns.train([Self.gates], in: parent.appendingPathComponent("gated")).pruned
      func complaint(_ changes: [String]) -> String {
        self.complaint {
          try SmallRuns.train(changes, in: parent.appendingPathComponent("other"))
        }
      }
      let sharing = "network.sharing={name: static, layout: '\(folder.layout.path)'}"
      let other = complaint([sharing, "network.encoder=resnet18_quarter"])
      #expect(
        other.contains("does not fit the encoder resnet18_quarter") && other.contains("lacks the layer"), "\(other)")
      let tasks = complaint([sharing, "data.tasks=[depth, normals]"])
      #expect(tasks.contains(#"["depth", "edges"]"#), "\(tasks)")
      #expect(complaint(["network.sharing=static"]).contains("polymath prune"))
      #expect(complaint(["network.sharing={name: static, layout: nowhere.json}"]).contains("there is no such file"))
      let text = try String(contentsOf: folder.layout, encoding: .utf8)
      for (part, damage) in [
        ("\"own\":[[", "\"own\":[[9999,"), ("\"streams\":[true", "\"streams\":[true,true"), ("{", "["),
      ] {
        try Data(text.replacingOccurrences(of: part, with: damage).utf8).write(to: folder.layout)
        let damaged = complaint([sharing])
        #expect(damaged.contains("layout"), "\(damaged)")
      }
    }
  }
}
