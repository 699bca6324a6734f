import Foundation
import TestSupport
import Testing
import Torch

/// Files and settings of others, given to the command as a person gives them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ForeignInputTests {
  private static let micro = [
    "--set", "data.trainingCount=4", "--set", "data.validationCount=2", "--set", "data.height=32", "--set",
    "data.width=32", "--set", "network.encoder=vit_micro", "--set", "training.batchSize=2", "--set",
    "training.evaluateEvery=0", "--set", "run.threads=2", "--set", "data.tasks=[depth]", "--set",
    "training.steps=1",
  ]

  /// The entries of a published network's file, and others beside them.
  private func weights(adding extra: [String], in folder: URL) throws -> String {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafetensorsFile(
      contentsOf: tests.appendingPathComponent("TorchTests/Resources/safetensors/vit_micro_f32.safetensors"))
    let url = folder.appendingPathComponent("weights-\(extra.count).safetensors")
    let entries = try file.names.map { ($0, try file.tensor($0)) }
    try Safetensors.write(entries + extra.map { ($0, Tensor.ones([48])) }, to: url)
    return url.path
  }

  @Test func weightsOfAnotherArchitectureAreRefused() throws {
    try withTemporaryFolder { folder in
      try Safetensors.write([("x", .ones([1, 3, 32, 32]))], to: folder.appendingPathComponent("x.safetensors"))
      let scaled = try weights(adding: ["blocks.0.ls1.gamma"], in: folder)
      func encode(_ weights: String) throws -> Command.Result {
        try Command.run(
          ["encode", "vit_micro", "--weights", weights, "--input", "x.safetensors", "--output", "y.safetensors"],
          in: folder)
      }
      let refused = try encode(scaled)
      #expect(!refused.succeeded && refused.errors.contains("belong to another architecture: blocks.0.ls1.gamma"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("y.safetensors").path))
      let trained = try Command.run(
        ["train", "--out", "run", "--set", "network.weights=\(scaled)"] + Self.micro, in: folder)
      #expect(!trained.succeeded && trained.errors.contains("belong to another architecture: blocks.0.ls1.gamma"))
      #expect(try encode(weights(adding: ["head.weight", "head.bias"], in: folder)).succeeded)
    }
  }

  /// Pretrained positions reach the network of another grid as `encode` has them.
  @Test func positionsFollowTheGridOfThePictures() throws {
    try withTemporaryFolder { folder in
      let plain = try weights(adding: [], in: folder)
      let trained = try Command.run(
        ["train", "--out", "run"] + Self.micro + [
          "--set", "network.weights=\(plain)", "--set", "data.height=16", "--set", "data.width=64", "--set",
          "optimizer.learningRate=0",
        ], in: folder)
      #expect(trained.succeeded, "\(trained.errors)")
      let saved = try SafetensorsFile(contentsOf: URL(fileURLWithPath: plain)).tensor("pos_embed")
      let found = try SafetensorsFile(
        contentsOf: folder.appendingPathComponent("run/checkpoints/last-1.safetensors")
      ).tensor("network.backbone.pos_embed")
      let grid = saved[.all, 1...].reshaped([1, 4, 4, 48]).permuted([0, 3, 1, 2])
      let expected = grid.resized(height: 2, width: 8, .bicubicAntialiased).permuted([0, 2, 3, 1])
        .reshaped([1, 16, 48])
      #expect(found.shape == [1, 17, 48])
      #expect((found[.all, 1...] - expected).abs().max().item == 0)
    }
  }

  @Test func picturesOfImpossibleShapesAreRefused() throws {
    try withTemporaryFolder { folder in
      let header = Data(#"{"x":{"dtype":"F32","shape":[1,3,0,4611686018427387904],"data_offsets":[0,0]}}"#.utf8)
      var file = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
      file.append(header)
      try file.write(to: folder.appendingPathComponent("x.safetensors"))
      let result = try Command.run(
        [
          "encode", "vit-micro", "--weights", weights(adding: [], in: folder), "--input", "x.safetensors", "--output",
          "y.safetensors",
        ], in: folder)
      #expect(result.errors.contains("[1, 3, 0, 4611686018427387904]"), "\(result.errors)")
    }
  }

  /// Thirty levels of aliases would stand for 6³⁰ texts.
  @Test func aliasesAreRefusedAtOnce() throws {
    try withTemporaryFolder { folder in
      let list = (0..<30).reduce("[x]") { inner, level in
        "[&a\(level) \(inner)" + String(repeating: ", *a\(level)", count: 5) + "]"
      }
      try Data("data:\n  tasks: \(list)\n".utf8).write(to: folder.appendingPathComponent("bomb.yaml"))
      for arguments in [
        ["train", "bomb.yaml", "--print-configuration"], ["compare", "bomb.yaml", "--dry-run"],
        ["train", "--set", "data.tasks=\(list)"],
      ] {
        let start = ContinuousClock.now
        let result = try Command.run(arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains("aliases are not taken here"), "\(result.errors)")
        #expect(result.errors.count < 500 && ContinuousClock.now - start < .seconds(10))
      }
    }
  }

  @Test func countsWithoutEndAreRefused() throws {
    try withTemporaryFolder { folder in
      let task = ["--set", "network.encoder=resnet18", "--set", "network.sharing=task-normalization"]
      let cases: [(settings: [String], answer: String)] = [
        (["training.steps=9223372036854775807"], "'training.steps' is '9223372036854775807'"),
        (["training.steps=1000000001", "training.accumulation=4096"], "from 1 to 1000000000"),
        (["data.validationCount=100000000"], "at most 100000 are taken"),
        (["data.validationCount=100000001"], "from 1 to 100000000"),
        (["data.trainingCount=100000000"], "at most 1000000 are taken"),
        (["optimizer.warmUpSteps=9223372036854775807"], "from 0 to 1000000000"),
        (["method.schedule=connection-strength", "method.schedule.epoch=9223372036854775807"], "'epoch' is"),
        (["method.schedule=selective-groups", "method.schedule.warmUp=1e300"], "'warmUp' is 1e+300"),
        (["training.steps=1:1:1:1:1:1:1:1:1:1:1:1:1:1:1"], "has to be a whole number"),
      ]
      for (settings, answer) in cases {
        let arguments = ["train", "--out", "run"] + settings.flatMap { ["--set", $0] } + task
        let result = try Command.run(arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains(answer), "\(settings): \(result.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run").path))
    }
  }
}
