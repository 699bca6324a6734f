import Experiments
import Foundation
import TestSupport
import Testing

/// Gates in a run: their penalty is logged, and they are optimized in a group of their own.
@Suite struct GateTrainingTests {
  @Test func thePenaltyIsLoggedAndMovesTheGates() throws {
    try withTemporaryFolder { parent in
      func steps(_ sharing: String, _ name: String, _ changes: [String] = []) throws -> [StepRecord] {
        var configuration = Configuration()
        for change in [
          "data.trainingCount=8", "data.validationCount=2", "data.height=32", "data.width=32",
          "network.encoder=vit_micro", "data.tasks=[depth, edges]", "training.steps=3", "training.evaluateEvery=0",
          "run.threads=2", "diagnostics.every=0", "network.sharing=\(sharing)",
        ] + changes { try configuration.apply(assignment: change) }
        let folder = RunFolder(parent.appendingPathComponent(name))
        _ = try TrainingSession(configuration, folder: folder, existing: .refuse).run { false }
        return try MetricsLog.read(folder).compactMap { if case .step(let step) = $0 { step } else { nil } }
      }
      #expect(try steps("hard", "hard").allSatisfy { $0.penalty == nil })
      // σ(0.01) is 0.5025 above a target of 0.
      let gated = try steps("{name: gates, lambda: 2, target: 0}", "gated").map { $0.penalty! }
      #expect(gated.count == 3 && abs(gated[0] - 2 * 0.5025) < 1e-3 && gated[2] != gated[0])
      let group = "optimizer.groups=[{group: gates, learningRateFactor: 0}]"
      let still = try steps("{name: gates, lambda: 2, target: 0}", "still", [group]).map { $0.penalty! }
      #expect(Set(still) == [gated[0]])
      let held = try steps("{name: gates, sparsity: none}", "held")
      #expect(held.allSatisfy { $0.penalty == nil })
    }
  }
}
