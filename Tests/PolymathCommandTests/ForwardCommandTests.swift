import Experiments
import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// `polymath forward` beside numbers of public code, from files alone.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ForwardCommandTests {
  /// A record, and the network that gives its numbers.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let encoder: String
    let decoder: String
    /// The number of feature maps whose record is compared.
    var features = 0
    var testDescription: String { name }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("VisionNetworksTests/Resources")

  @Test(arguments: [
    Case(name: "multitask_hrnet18_nyud", encoder: "hrnet_w18_small_v2", decoder: "high-resolution"),
    Case(name: "multitask_hrnet_w18_nyud", encoder: "hrnet_w18", decoder: "high-resolution"),
    Case(name: "multitask_resnet18_deeplab_nyud", encoder: "resnet18_dilated", decoder: "aspp", features: 4),
    Case(name: "mti_net_hrnet18_nyud", encoder: "hrnet_w18_small_v2", decoder: "mti-net", features: 4),
    Case(name: "mti_net_hrnet18_nyud_train", encoder: "hrnet_w18_small_v2", decoder: "mti-net"),
    Case(name: "mti_net_resnet18_fpn_nyud", encoder: "resnet18_fpn", decoder: "mti-net", features: 4),
    Case(name: "pad_net_hrnet18_nyud", encoder: "hrnet_w18_small_v2_fused", decoder: "pad-net", features: 1),
    Case(name: "vit_multi_vitT_nyud", encoder: "vit-tiny", decoder: "multi-scale"),
    Case(name: "vit_multi_vitT_pascal", encoder: "vit-tiny", decoder: "multi-scale"),
    Case(name: "vit_multi_vitT_taskonomy", encoder: "vit-tiny", decoder: "multi-scale"),
    Case(name: "vit_multi_vitS_nyud", encoder: "vit-small-heads12", decoder: "multi-scale"),
    Case(
      name: "taskprompter_vitT_pascal_ctr", encoder: "taskprompter_vit_tiny", decoder: "taskprompter-convolution"),
  ])
  func publicCode(_ kind: Case) throws {
    try withTemporaryFolder { folder in
      let record = try Reference(contentsOf: Self.folder.appendingPathComponent("\(kind.name).json"))
      let tasks = record["tasks"].array.map(\.string)
      let channels = tasks.map { "\($0): \(record["outputs"][$0]["shape"].ints[1])" }.joined(separator: ", ")
      let yaml = "network: {encoder: \(kind.encoder), decoder: \(kind.decoder)}\ntasks: {\(channels)}\n"
      try Data(yaml.utf8).write(to: folder.appendingPathComponent("n.yaml"))
      let shape = record["input_shape"].ints
      let plan = try NetworkDescription(yaml: yaml).plan(height: shape[2], width: shape[3])
      let state = MultitaskNetwork(plan, seed: 0, device: .meta).store.state
      try Safetensors.write(
        state.map { ($0.name, FillFormula.entry($0.name, $0.tensor.shape)) },
        to: folder.appendingPathComponent("w.safetensors"))
      let image = FillFormula.image(record["input_key"].string, shape)
      try Safetensors.write([("x", image)], to: folder.appendingPathComponent("x.safetensors"))
      let isTraining = record["mode"].string == "train"
      let result = try Command.run(Self.arguments + (isTraining ? ["--training"] : []), in: folder)
      #expect(result.succeeded, "\(result.errors)")
      let output = try SafetensorsFile(contentsOf: folder.appendingPathComponent("y.safetensors"))
      for name in record["outputs"].keys {
        expect(try output.tensor(name), matches: record["outputs"][name], "\(name)", tolerance: isTraining ? 3 : 1)
        #expect(result.output.contains("\(name) float32"))
      }
      // Statistics are a result of training alone.
      #expect(output.names.contains { $0.hasSuffix("running_mean") } == isTraining)
      #expect(record.has("running_after") == isTraining)
      for name in isTraining ? record["running_after"].keys : [] {
        expect(try output.tensor(name), matches: record["running_after"][name], name)
      }
      let features = output.names.filter { $0.hasPrefix("backbone.") && output.shape(of: $0)?.count == 4 }
      #expect(features.count >= max(1, kind.features))
      guard kind.features > 0 else { return }
      let names = features.filter { record["intermediate"].has($0) }
      #expect(names.count == kind.features)
      for name in names { expect(try output.tensor(name), matches: record["intermediate"][name], name, tolerance: 3) }
    }
  }

  private static let arguments = [
    "forward", "--network", "n.yaml", "--weights", "w.safetensors", "--input", "x.safetensors", "--output",
    "y.safetensors",
  ]

  /// Parts with parameters, ways of sharing, and numbers of twice the length.
  @Test func parametersAndTypes() throws {
    try withTemporaryFolder { folder in
      let yaml = """
        network:
          encoder: vit_micro
          decoder: {name: dpt, features: 8, readout: add}
          sharing: gates
        tasks: {a: 2, b: 1}
        image: {height: 32, width: 32}
        """
      try Data(yaml.utf8).write(to: folder.appendingPathComponent("n.yaml"))
      let network = MultitaskNetwork(
        try NetworkDescription(yaml: yaml).plan(height: 32, width: 32), seed: 3, dtype: .float64)
      try Safetensors.write(network.store.state, to: folder.appendingPathComponent("w.safetensors"))
      let image = FillFormula.image("input", [1, 3, 32, 32]).to(.float64)
      try Safetensors.write([("x", image)], to: folder.appendingPathComponent("x.safetensors"))
      let result = try Command.run(Self.arguments, in: folder)
      #expect(result.succeeded, "\(result.errors)")
      let output = try SafetensorsFile(contentsOf: folder.appendingPathComponent("y.safetensors"))
      #expect(Set(output.names) == Set(["a", "b"] + (0..<4).flatMap { ["backbone.1.\($0).a", "backbone.1.\($0).b"] }))
      for (name, expected) in paired(["a", "b"], network(image, .evaluation)) {
        #expect(try output.tensor(name).dtype == .float64)
        expectClose(try output.tensor(name), expected, tolerance: 1e-12)
      }
    }
  }

  @Test func mistakesAreAnswered() throws {
    try withTemporaryFolder { folder in
      func write(_ yaml: String, image shape: [Int] = [2, 3, 64, 64]) throws {
        try Data(yaml.utf8).write(to: folder.appendingPathComponent("n.yaml"))
        try Safetensors.write([("x", .zeros(shape))], to: folder.appendingPathComponent("x.safetensors"))
      }
      try Safetensors.write([("conv.weight", .zeros([1]))], to: folder.appendingPathComponent("w.safetensors"))
      let good = "network: {encoder: resnet18}\ntasks: {a: 1}"
      let mistakes: [(yaml: String, shape: [Int], answer: String)] = [
        ("[a]", [2, 3, 64, 64], "n.yaml: a network has sections"),
        ("network: {encoder: resnet18}", [2, 3, 64, 64], "'tasks' is missing"),
        ("tasks: {a: 0}", [2, 3, 64, 64], "line 1: 'tasks.a' is '0'"),
        ("tasks: {a b: 1}", [2, 3, 64, 64], "is no name of a task"),
        ("taks: {a: 1}", [2, 3, 64, 64], "Did you mean 'tasks'?"),
        ("network: {encoder: resnet81}\ntasks: {a: 1}", [2, 3, 64, 64], "Did you mean 'resnet18'?"),
        ("network: {decoder: {name: aspp, rates: 3}}\ntasks: {a: 1}", [2, 3, 64, 64], "aspp has no parameter 'rates'"),
        ("network: {decoder: dpt}\ntasks: {a: 1}", [2, 3, 64, 64], "needs an encoder with tokens"),
        ("network: {weights: w}\ntasks: {a: 1}", [2, 3, 64, 64], "here weights are an argument"),
        ("image: {hight: 3}\ntasks: {a: 1}", [2, 3, 64, 64], "Did you mean 'height'?"),
        ("image: {height: 3}\ntasks: {a: 1}", [2, 3, 64, 64], "needs a height and a width"),
        (good, [2, 3, 64, 40], "both sides have to be multiples of 32"),
        (good, [3, 64, 64], "batch × channels × height × width is expected"),
        (good, [2, 3, 64, 64], "these are not this network's weights"),
      ]
      for (yaml, shape, answer) in mistakes {
        try write(yaml, image: shape)
        let result = try Command.run(Self.arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains(answer), "\(yaml): \(result.errors)")
      }
      let lost = try Command.run(Array(Self.arguments.dropLast()) + ["x.safetensors"], in: folder)
      #expect(lost.errors.contains("the file of --input"), "\(lost.errors)")
      let yaml = "network: {encoder: resnet18_dilated, decoder: aspp}\ntasks: {a: 1}"
      try write(yaml, image: [1, 3, 64, 64])
      let network = MultitaskNetwork(try NetworkDescription(yaml: yaml).plan(height: 64, width: 64), seed: 0)
      try Safetensors.write(network.store.state, to: folder.appendingPathComponent("w.safetensors"))
      let single = try Command.run(Self.arguments + ["--training"], in: folder)
      #expect(single.errors.contains("needs at least two images"), "\(single.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("y.safetensors").path))
    }
  }
}
