import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Networks some of whose layers belong to tasks.
@Suite(.serialized) struct BranchedReferenceTests {
  /// Recon's code has a list of branches for every layer, in the order of the tasks.
  private static func inBranches(_ name: String, _ tasks: [String]) -> String {
    var parts = name.split(separator: ".").map(String.init)
    let branch = tasks.firstIndex { parts[parts.count - 2] == $0 }
    if branch != nil { parts.remove(at: parts.count - 2) }
    let isHead = parts[0].hasSuffix("_pred")
    let layer = parts.remove(at: parts.count - 2)
    let kind = isHead ? "conv\(Int(layer)! + 1)" : layer == "0" ? "conv1" : "bn1"
    parts.insert(contentsOf: [kind, "m_list", "\(branch ?? 0)"], at: parts.count - 1)
    return parts.joined(separator: ".")
  }

  @Test func segNet() throws {
    let reference = try reference("segnet_recon_branched")
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let rename = { Self.inBranches($0, tasks) }
    let store = ParameterStore(seed: 0)
    let branched = reference["task_specific_layers"].array.map { layer in
      var parts = layer.string.split(separator: ".").map(String.init)
      parts[parts.count - 1] = parts.last == "conv1" ? "0" : "1"
      return parts.joined(separator: ".")
    }
    let kit = BranchedKit(root: store.root, tasks: tasks, branched: Set(branched))
    let encoder = SegNet(store.root, kit: kit)
    #expect(kit.layers.count == 52 && branched.allSatisfy(kit.layers.contains))
    let heads = paired(["semantic_pred", "depth_pred"], [7, 1]).map { name, channels in
      PlainHead(store.root[name], inputs: encoder.featureChannels[0], channels: channels)
    }
    store.layOut()
    try expectEntries(store, matchList: "keys_segnet_recon_branched", unused: ["logsigma"], rename: rename)
    #expect(store.parameterCount + 3 == reference["parameters"].int)
    let shared = Set(
      store.allParameters.filter { $0.scope.reach == .everyTask && !$0.name.contains("_pred") }
        .map { rename($0.name).replacingOccurrences(of: ".m_list.0", with: "") })
    #expect(shared == Set(reference["shared_parameters"].array.map(\.string)))
    FillFormula.fill(store, rename: rename)
    let image = FillFormula.image(reference["input_key"].string, shape)
    let maps = encoder(image, .evaluation.for(tasks: tasks))[0].byTask(count: 2)
    let outputs = paired(heads, maps).map { head, map in head([map], size: (shape[2], shape[3]), .evaluation) }
    expectNetwork(store, reference, image: image, outputs: Array(paired(tasks, outputs)), rename: rename)
  }

  private static func network(_ sharing: any Sharing, _ encoder: String = "resnet20_quarter") throws -> MultitaskNetwork
  {
    MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require(encoder), sharing: sharing,
        decoder: try DecoderRegistry.shared.require("multi-scale"),
        outputs: [TaskOutput(task: "a", channels: 1), TaskOutput(task: "b", channels: 1)],
        request: EncoderRequest(imageHeight: 16, imageWidth: 16)), seed: 0)
  }

  /// Equal copies compute what one shared layer computes; copies start independently, and a shared normalization behind them
  /// counts a batch for each task.
  @Test(arguments: ["resnet20_quarter", "vit_micro"])
  func copies(_ encoder: String) throws {
    let plain = try Self.network(HardSharing(), encoder)
    let isTransformer = encoder == "vit_micro"
    let names = isTransformer ? ["blocks.0.norm1", "blocks.1.mlp.fc1", "norm"] : ["layer1.0.conv2", "layer3.2.bn1"]
    let branched = try Self.network(BranchedSharing(.named(names)), encoder)
    for name in names {
      let path = "backbone.\(name)"
      let copies = ["a", "b"].map { branched.store.entry("\(path).\($0).weight")! }
      if name.hasSuffix("conv2") || name.hasSuffix("fc1") {
        #expect(copies[0].array(of: Float.self) != copies[1].array(of: Float.self))
      }
    }
    withoutGradients {
      for (name, tensor) in branched.store.state {
        let layer = name.replacingOccurrences(of: ".a.", with: ".").replacingOccurrences(of: ".b.", with: ".")
        tensor.copy(from: plain.store.entry(name) ?? plain.store.entry(layer)!)
      }
    }
    let image = FillFormula.image("input", [2, 3, 16, 16])
    for (a, b) in paired(plain(image, .evaluation), branched(image, .evaluation)) {
      expectClose(a.array(of: Double.self), b.array(of: Double.self), tolerance: 1e-5)
    }
    guard !isTransformer else { return }
    _ = branched(image, .training(RandomGenerator(seed: 0)))
    func batches(_ norm: String) -> Double { branched.store.entry("backbone.\(norm).num_batches_tracked")!.item }
    #expect(batches("layer1.0.bn1") == 1)
    #expect(batches("layer1.0.bn2") == 2)
    #expect(batches("layer3.2.bn1.a") == 1)
  }

  @Test func badInput() throws {
    let entry = try EncoderRegistry.shared.require("resnet20_quarter")
    let request = EncoderRequest(imageHeight: 16, imageWidth: 16)
    for (choice, answer) in [
      (BranchedSharing.Choice.named(["layer1.0.conv3"]), "Did you mean 'layer1.0.conv1'?"),
      (.first(2, of: ["conv1", "bn1"]), "did not count the conflicts of 'layer1.0.conv1'"),
    ] {
      #expect { try BranchedSharing(choice).check(entry, request) } throws: { "\($0)".contains(answer) }
    }
    for (settings, answer) in [
      ([:], "either 'run' and 'top'"), (["run": .text("nowhere"), "top": .number(2)], "diagnostics.layers=true"),
      (["run": .text("a"), "layers": .text("b")], "takes the place"), (["top": .number(0)], "from 1 to"),
    ] as [([String: MethodSetting], String)] {
      #expect { try BranchedSharing.entry.make(settings, tasks: ["a", "b"]) } throws: { "\($0)".contains(answer) }
    }
  }
}
