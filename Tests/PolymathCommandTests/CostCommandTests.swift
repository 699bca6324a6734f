import Foundation
import TestSupport
import Testing

/// `polymath cost` and what follows from its counts.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CostCommandTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// A network of the task-gates paper; the scenes have other classes, so that only its depth head is the same.
  private static let yaml = """
    data: {tasks: [depth, normals], height: 480, width: 640, validationCount: 2}
    network: {encoder: hrnet_w18, decoder: high-resolution}
    """

  @Test func aConfigurationIsCounted() throws {
    try withTemporaryFolder { folder in
      try Data(Self.yaml.utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let result = try Command.run(["cost", "c.yaml", "--json", "--by", "module"], in: folder)
      #expect(result.succeeded, "\(result.errors)")
      let report = try object(result.output)
      let together = try #require(report["together"] as? [String: Any])
      // The encoder's 20,093,774,400 multiply-adds, and two 1×1 convolutions of 270 channels at 120×160 for each task.
      let head = { (channels: Int) in 270 * (270 + channels) * 120 * 160 }
      #expect(together["multiplyAdds"] as? Int == 20_093_774_400 + head(1) + head(3))
      #expect(together["flops"] as? Int == 2 * (20_093_774_400 + head(1) + head(3)))
      #expect(together["attentionMultiplyAdds"] as? Int == 0)
      #expect((together["elements"] as? Int ?? 0) > 0 && (together["peakActivationBytes"] as? Int ?? 0) > 0)
      let tasks = try #require(report["tasks"] as? [[String: Any]])
      #expect(tasks.map { $0["name"] as? String } == ["depth", "normals"])
      #expect(tasks.map { $0["multiplyAdds"] as? Int } == [20_093_774_400 + head(1), 20_093_774_400 + head(3)])
      let parameters = tasks.compactMap { $0["parameters"] as? Int }
      #expect(parameters[1] - parameters[0] == 2 * 271)
      let parts = try #require(report["parts"] as? [[String: Any]])
      #expect(parts.compactMap { $0["name"] as? String }.contains("backbone.stage4"))
      #expect(parts.reduce(0) { $0 + ($1["multiplyAdds"] as? Int ?? 0) } == together["multiplyAdds"] as? Int)
      let text = try Command.run(["cost", "c.yaml", "--by", "operator", "--size", "64x96"], in: folder)
      #expect(text.output.contains("hrnet_w18, one image of 64×96") && text.output.contains("conv2d"), "\(text.output)")
      let smaller = try Command.run(["cost", "c.yaml", "--set", "network.encoder=resnet20"], in: folder)
      #expect(smaller.output.contains("resnet20, one image of 480×640"), "\(smaller.errors)")
    }
  }

  @Test func aRunIsCounted() throws {
    try withTemporaryFolder { folder in
      let settings = [
        "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32",
        "data.tasks=[depth, edges]", "network.encoder=vit_micro", "network.decoder={name: dpt, features: 8}",
        "training.steps=1", "training.batchSize=2", "training.evaluateEvery=0", "run.threads=2",
      ]
      let changes = settings.flatMap { ["--set", $0] }
      let train = try Command.run(["train", "--out", "run"] + changes, in: folder)
      #expect(train.succeeded, "\(train.errors)")
      let result = try Command.run(["cost", "run", "--json"], in: folder)
      #expect(result.succeeded, "\(result.errors)")
      try Data("workload: pixels".utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let planned = try Command.run(["cost", "c.yaml", "--json"] + changes, in: folder)
      #expect(planned.succeeded && planned.output == result.output, "\(planned.errors)")
      let together = try #require(try object(result.output)["together"] as? [String: Any])
      #expect((together["attentionMultiplyAdds"] as? Int ?? 0) > 0)
      let larger = try Command.run(["cost", "run", "--size", "64x48"], in: folder)
      #expect(larger.output.contains("64×48") && larger.output.contains("as attention has them"), "\(larger.errors)")
      let changed = try Command.run(["cost", "run", "--set", "data.width=64"], in: folder)
      #expect(changed.errors.contains("is a run, whose network is what it is"), "\(changed.errors)")
    }
  }

  @Test func mistakesAreAnswered() throws {
    try withTemporaryFolder { folder in
      try Data(Self.yaml.utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let mistakes: [([String], String)] = [
        (["cost", "none.yaml"], "none.yaml: does not exist"),
        (["cost", "c.yaml", "--size", "480"], "has to be height x width"),
        (["cost", "c.yaml", "--size", "0x32"], "has to be height x width"),
        (["cost", "c.yaml", "--size", "480x630"], "do not fit hrnet_w18: both sides have to be multiples of 32"),
        (["cost", "c.yaml", "--by", "modul"], "has to be module or operator"),
        (["cost", "c.yaml", "--set", "network.encoder=resnet81"], "Did you mean 'resnet18'?"),
        (["cost", "c.yaml", "--set", "network.decoder=mti-net", "--set", "network.encoder=segnet"], "a pyramid"),
      ]
      for (arguments, answer) in mistakes {
        let result = try Command.run(arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains(answer), "\(arguments): \(result.errors)")
      }
    }
  }

  /// A network that does not fit into the machine is refused before it is built, and before anything is written.
  @Test func tooLargeForTheMachine() throws {
    try withTemporaryFolder { folder in
      let settings = [
        "data.height=8192", "data.width=8192", "training.batchSize=4096", "data.trainingCount=4096",
        "data.validationCount=2", "data.tasks=[depth]",
      ]
      let result = try Command.run(["train", "--out", "run"] + settings.flatMap { ["--set", $0] }, in: folder)
      #expect(!result.succeeded && result.errors.contains("but the machine has"), "\(result.errors)")
      #expect(result.errors.contains("data.height") && result.errors.contains("training.batchSize"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run").path))
    }
  }

  @Test func tableOfNetworks() throws {
    try withTemporaryFolder { folder in
      let result = try Command.run(["networks", "--table"], in: folder)
      #expect(result.succeeded, "\(result.errors)")
      let lines = result.output.split(separator: "\n").map(String.init)
      let line = { (encoder: String, sharing: String) in
        lines.first { $0.split(separator: " ").prefix(2) == [Substring(encoder), Substring(sharing)] } ?? ""
      }
      #expect(line("vit_micro", "hard").contains("dpt") && line("vit_micro", "hard").contains("invpt"))
      #expect(line("vit_micro", "task-normalization").isEmpty)
      #expect(line("resnet18", "task-normalization").contains("mti-net") && !line("resnet18", "hard").contains("dpt"))
      #expect(lines.last?.contains("networks; a pair without a line does not go together") == true)
      let both = try Command.run(["networks", "vit_micro", "--table"], in: folder)
      #expect(!both.succeeded && both.errors.contains("leave 'vit_micro' out"), "\(both.errors)")
      let described = try Command.run(["networks", "dpt"], in: folder)
      #expect(described.output.contains("--set network.decoder.features=…"), "\(described.output)")
    }
  }
}
