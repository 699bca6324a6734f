import Experiments
import Foundation
import TestSupport
import Testing

/// Gates in a run: their penalty is logged, and they are optimized in a group of their own.
@Suite struct GateTrainingTests {
  @Test func thePenaltyIsLoggedAndMovesTheGates() throws {
    try withTemporaryFolder { parent in
      func steps(_ sharing: String, _ name: String, _ changes: [String] = []) throws -> [StepRecord] {
        let folder = try SmallRuns.train(
          ["training.steps=3", "network.sharing=\(sharing)"] + changes, in: parent.appendingPathComponent(name))
        return try SmallRuns.steps(folder)
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

  /// A run tells what its gates choose and what that costs, λ follows a target, and a resumed run goes on exactly.
  @Test func theCostIsLoggedAndAResumedRunFollowsItExactly() throws {
    try withTemporaryFolder { parent in
      let changes = [
        "training.steps=12", "network.sharing={name: gates, flops: 0.9, ownFraction: 0.8, freezeGatesAfter: 0.75}",
      ]
      let whole = try SmallRuns.train(changes, in: parent.appendingPathComponent("whole"))
      let gates = try SmallRuns.steps(whole).compactMap(\.gates)
      #expect(gates.count == 2 && gates[0].ownFractions.count == 1 + 3 * 6 && gates[0].mixFractions.count == 3 * 4)
      #expect(gates.allSatisfy { $0.flopFraction > 0.5 && $0.flopFraction <= 1 && $0.weight != 0.05 })
      #expect(gates[0].ownFractions == gates[1].ownFractions)
      #expect(try String(contentsOf: whole.report, encoding: .utf8).contains("<h2>Gates</h2>"))
      // The cost of a run is that of the network whose results it ends with.
      #expect(try RunSummary.load(whole).flops == 2 * gates[1].multiplyAdds)
      let table = try TrainedRun(whole, checkpoint: .last).analyzeGates()
      #expect(table.state == gates[1] && table.text.contains("blocks.2.attn.qkv.k"))
      let stopped = RunFolder(parent.appendingPathComponent("stopped"))
      var count = 0
      _ = try TrainingSession(SmallRuns.configuration(changes), folder: stopped, existing: .refuse).run {
        count += 1
        return count == 7
      }
      _ = try TrainingSession(nil, folder: stopped, existing: .resume).run { false }
      let (a, b) = (try TrainedRun(whole, checkpoint: .last), try TrainedRun(stopped, checkpoint: .last))
      for ((name, own), (_, other)) in paired(a.network.store.state, b.network.store.state) {
        #expect(own.array(of: Double.self) == other.array(of: Double.self), "\(name)")
      }
    }
  }

  /// What cannot be is found before a network has values.
  @Test func costsOutOfReachAreFoundByACheck() throws {
    func check(_ flops: String) throws {
      try ResolvedConfiguration(SmallRuns.configuration(["network.sharing={name: gates, flops: \(flops)}"])).check()
    }
    #expect { try check("0.2") } throws: { "\($0)".contains("hard sharing already has") }
    try check("0.9")
  }

  /// The note about a penalty that is too weak counts the steps in which gates move.
  @Test func frozenGatesAreNotMoved() throws {
    func note(_ frozen: Double) throws -> String? {
      try SmallRuns.trainer(["training.steps=10", "network.sharing={name: gates, freezeGatesAfter: \(frozen)}"])
        .workload.note()
    }
    let (half, never) = (try note(0.5), try note(0))
    #expect(half?.contains("in 5 steps, the penalty") == true, "\(half ?? "no note")")
    #expect(never == nil)
  }

  @Test func targetsAndOptionsThatCannotBe() throws {
    try withTemporaryFolder { parent in
      func complaint(_ sharing: String, _ changes: [String] = []) -> String {
        do {
          try SmallRuns.train(
            ["network.sharing={name: gates, \(sharing)}"] + changes, in: parent.appendingPathComponent("x"))
        } catch { return "\(error)" }
        return "nothing"
      }
      #expect(complaint("flops: 0.2").contains("hard sharing already has"))
      #expect(complaint("flops: 1.5").contains("is 1.5 (above 1, it is a number of FLOPs and no fraction)"))
      #expect(complaint("flops: 0.9, freezeGatesAfter: 0").contains("they never move"))
      #expect(complaint("sparsity: l1, target: 0.4").contains("'target' is a part of the hinge"))
      #expect(complaint("sparsity: none, targets: {depth: 0.4}").contains("'targets' is a part of the hinge"))
      #expect(complaint("sparsity: none, lambda: 0.1").contains("'lambda' is the factor of the penalty"))
      #expect(complaint("targets: {depth: 1.4}").contains("such as {first: 0.0, second: 1.0}"))
      #expect(complaint("flops: 0.9, sparsity: none").contains("'sparsity' has to be hinge or l1"))
      #expect(complaint("freezeGatesAfter: 0.5, momentum: 0.9").contains("'momentum' has to be 0"))
      // A rule of their own remembers, and would move frozen gates on.
      for group in ["group: gates, optimizer: adam", "parameters: 'backbone.gates.*', weightDecay: 0.1"] {
        let found = complaint("freezeGatesAfter: 0.5", ["optimizer.groups=[{\(group)}]"])
        #expect(found.contains("network.sharing.freezeGatesAfter freezes"), "\(found)")
      }
      #expect(complaint("targets: {dept: 0.5}").contains("'depth'?"))
      #expect(complaint("flops: 0.9", ["data.tasks=[depth]"]).contains("several tasks"))
      #expect(!FileManager.default.fileExists(atPath: parent.appendingPathComponent("x").path))
    }
  }
}
