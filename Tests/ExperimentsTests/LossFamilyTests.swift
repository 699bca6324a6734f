import Experiments
import Foundation
import TestSupport
import Testing
import VisionData

/// The losses of both families of public code, and their weights.
@Suite(.serialized) struct LossFamilyTests {
  private func firstLosses(_ changes: [String]) throws -> (losses: [String: Double], evaluation: Evaluation?) {
    try withTemporaryFolder { folder in
      var configuration = Configuration()
      for change in [
        "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32",
        "network.encoder=vit_micro",
        "training.steps=2", "training.batchSize=2", "training.evaluateEvery=0", "run.threads=2", "diagnostics.every=0",
        "data.tasks=[segmentation, depth, normals, edges, saliency]",
      ] + changes { try configuration.apply(assignment: change) }
      let session = try TrainingSession(
        configuration, folder: RunFolder(folder.appendingPathComponent("run")), existing: .refuse)
      _ = try session.run { false }
      let steps = try MetricsLog.read(session.folder).steps
      return (try #require(steps.first).losses, session.trainer.lastEvaluation)
    }
  }

  @Test func familiesDifferWhereTheirCodesDo() throws {
    let mixed = try firstLosses([])
    let cnn = try firstLosses(["training.lossFamily=cnn"])
    let vit = try firstLosses(["training.lossFamily=vit"])
    // Normals per component are a third of those per pixel; all else is the same in both.
    let normals = try #require(mixed.losses["normals"])
    #expect(abs(cnn.losses["normals"]! - normals / 3) < 1e-6)
    for task in ["segmentation", "depth", "edges", "saliency"] { #expect(cnn.losses[task] == mixed.losses[task]) }
    // Saliency with two logits has a head of its own size, after whose values the others are drawn.
    #expect(
      vit.losses["saliency"] != mixed.losses["saliency"] && vit.losses["segmentation"] == mixed.losses["segmentation"])
    #expect(abs(vit.losses["normals"]! - normals) < 1e-6)
    for run in [mixed, cnn, vit] {
      let saliency = try #require(run.evaluation?.tasks.first { $0.task == "saliency" })
      #expect(saliency.metrics.map(\.name) == ["maxF", "mIoU", "maxF pooled"] && saliency.loss.isFinite)
    }
  }

  @Test func namedWeights() throws {
    func complaint(_ weighting: String, tasks: String) -> String {
      do {
        var configuration = Configuration()
        try configuration.apply(assignment: "data.tasks=\(tasks)")
        try configuration.apply(assignment: "method.weighting=\(weighting)")
        try configuration.check(availableTasks: Scenes.allTasks)
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(complaint("{name: manual, set: nyud}", tasks: "[segmentation, depth, normals, edges]") == "nothing")
    #expect(
      complaint("{name: manual, set: pascal}", tasks: "[segmentation, parts, saliency, normals, edges]") == "nothing")
    let missing = complaint("{name: manual, set: nyud}", tasks: "[segmentation, saliency]")
    #expect(
      missing.contains("no weight for the task 'saliency'") && missing.contains("the set nyud has depth"), "\(missing)")
    #expect(
      complaint("{name: manual, set: nyud, weights: {saliency: 3}}", tasks: "[segmentation, saliency]") == "nothing")
    let unknown = complaint("{name: manual, set: coco}", tasks: "[depth]")
    #expect(unknown.contains("has to be one of nyud, pascal"), "\(unknown)")
    let neither = complaint("manual", tasks: "[depth]")
    #expect(neither.contains("manual needs 'weights'") && neither.contains("nyud, pascal"), "\(neither)")
  }
}
