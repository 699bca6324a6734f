import Experiments
import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Networks start from earlier runs: the parts of a task from its single-task network, or everything from one.
@Suite struct NetworkStartTests {
  private func entry(_ name: String, _ folder: RunFolder) throws -> [Double] {
    try TrainedRun(folder, checkpoint: .best).network.store.entry(name)!.array()
  }

  /// The network before its first step.
  private func store(_ changes: [String]) throws -> ParameterStore {
    try SmallRuns.trainer(changes).network.store
  }

  @Test func partsOfTasksStartFromTheirRuns() throws {
    try withTemporaryFolder { parent in
      let depth = try SmallRuns.train(["data.tasks=[depth]"], in: parent.appendingPathComponent("depth"))
      let edges = try SmallRuns.train(
        ["data.tasks=[edges]", "run.seed=2", "data.width=64"], in: parent.appendingPathComponent("edges"))
      let start = "network.start=['\(edges.url.path)', '\(depth.url.path)']"
      let name = "blocks.1.attn.qkv.weight"
      let gated = try store(["network.sharing=gates", start])
      let (d, e) = (try entry("backbone.\(name)", depth), try entry("backbone.\(name)", edges))
      #expect(gated.entry("backbone.task.depth.\(name)")!.array() == d)
      #expect(gated.entry("backbone.task.edges.\(name)")!.array() == e)
      #expect(gated.entry("backbone.shared.\(name)")!.array() == e)
      // The positions of 4 × 8 patches are resized to 4 × 4.
      #expect(gated.entry("backbone.task.edges.pos_embed")!.shape == [1, 17, 48])
      let head = depth.heads.first { $0.hasSuffix("weight") }!
      #expect(gated.entry(head)!.array(of: Double.self) == (try entry(head, depth)))
      // Pretrained weights are the shared copy's, and one run is everything's.
      let weighted = try store(["network.sharing=gates", start, "network.weights='\(depth.url.path)'"])
      #expect(weighted.entry("backbone.shared.\(name)")!.array() == d)
      #expect(weighted.entry("backbone.task.edges.\(name)")!.array() == e)
      let one = try store(["network.sharing=gates", "network.start=['\(edges.url.path)']"])
      for copy in ["shared", "task.depth", "task.edges"] {
        #expect(one.entry("backbone.\(copy).\(name)")!.array() == e)
      }
      let hard = try store(["network.weights='\(edges.url.path)'"])
      #expect(hard.entry("backbone.\(name)")!.array() == e)
    }
  }

  /// What exchanges features is no run's, whose tasks it names.
  @Test(arguments: ["cross-stitch", "nddr", "mtan"]) func exchangesStartAfresh(_ sharing: String) throws {
    try withTemporaryFolder { parent in
      let encoder = "network.encoder=resnet18_quarter"
      let depth = try SmallRuns.train(["data.tasks=[depth]", encoder], in: parent.appendingPathComponent("depth"))
      let started = try store([encoder, "network.sharing=\(sharing)", "network.start=['\(depth.url.path)']"])
      let head = depth.heads.first { $0.hasSuffix("weight") }!
      #expect(started.entry(head)!.array(of: Double.self) == (try entry(head, depth)))
      let fresh = try store([encoder, "network.sharing=\(sharing)"])
      let exchange = fresh.state.map(\.name).filter { !$0.hasPrefix("backbone.") && !$0.hasPrefix("heads.") }
      #expect(!exchange.isEmpty)
      for name in exchange {
        #expect(started.entry(name)!.array(of: Double.self) == fresh.entry(name)!.array(of: Double.self), "\(name)")
      }
    }
  }

  @Test func decodersWithoutARunAreNoted() throws {
    try withTemporaryFolder { parent in
      let paths = try ["depth", "edges"].map {
        try SmallRuns.train(["data.tasks=[\($0)]"], in: parent.appendingPathComponent($0)).url.path
      }
      func note(_ runs: [String], _ decoder: String) throws -> String? {
        let start = runs.map { "'\($0)'" }.joined(separator: ", ")
        return try SmallRuns.trainer(
          ["network.decoder=\(decoder)", "network.sharing=gates", "network.start=[\(start)]"]
        ).workload.note()
      }
      let decoder = Configuration().network.decoder.name
      let (other, one, both) = (try note(paths, "dpt"), try note([paths[0]], decoder), try note(paths, decoder))
      #expect(other?.contains("the decoders of depth, edges start from random values") == true, "\(other ?? "")")
      #expect(one?.contains("the decoders of edges start from random values") == true, "\(one ?? "")")
      #expect(both?.contains("random values") != true, "\(both ?? "")")
    }
  }

  @Test func runsThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { parent in
      let depth = try SmallRuns.train(["data.tasks=[depth]"], in: parent.appendingPathComponent("depth"))
      let gated = try SmallRuns.train(["network.sharing=gates"], in: parent.appendingPathComponent("gated"))
      func complaint(_ changes: [String]) -> String {
        do { _ = try store(changes) } catch { return "\(error)" }
        return "nothing"
      }
      let start = "network.start=['\(depth.url.path)']"
      let tasks = complaint([start, "data.tasks=[edges, normals]"])
      #expect(tasks.contains("has learned 'depth'") && tasks.contains("edges, normals"), "\(tasks)")
      let encoder = complaint([start, "network.encoder=resnet18_quarter"])
      #expect(encoder.contains("vit_micro") && encoder.contains("resnet18_quarter"), "\(encoder)")
      let missing = complaint(["network.sharing=gates", "network.start=['\(depth.url.path)', '\(depth.url.path)']"])
      #expect(missing.contains("2 of these 2 have learned 'depth'"), "\(missing)")
      let parted = complaint(["network.start=['\(gated.url.path)']"])
      #expect(parted.contains("parts of their own"), "\(parted)")
      #expect(complaint(["network.start=[nowhere]"]).contains("no run here"))
      let channels = complaint([start, "data.channels=rgbd"])
      #expect(channels.contains("data.channels rgb, but data.channels is rgbd"), "\(channels)")
      #expect(complaint([start]) == "nothing")
    }
  }
}

extension RunFolder {
  /// The names of the decoders' entries.
  fileprivate var heads: [String] {
    ((try? TrainedRun(self, checkpoint: .best))?.network.store.state.map(\.name) ?? []).filter {
      $0.hasPrefix("heads.")
    }
  }
}
