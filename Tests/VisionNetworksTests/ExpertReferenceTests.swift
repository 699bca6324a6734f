import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Networks of experts beside recorded numbers, and what they do with bad input.
@Suite(.serialized) struct ExpertReferenceTests {
  /// One 1×1 convolution of the last map, as the reference has it.
  private struct ReferenceHead: Decoder {
    let convolution: Convolution

    func callAsFunction(
      _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
    ) -> Tensor { convolution(features.last!, context) }

    static let entry = DecoderEntry("reference", summary: "", paper: "", collection: "decoders") {
      ReferenceHead(convolution: Convolution($0, from: $1.last!, to: $2, kernel: 1))
    }
  }

  private static func sharing(_ name: String) throws -> any Sharing {
    let (entry, settings): (String, [String: MethodSetting]) =
      switch name {
      case "mmoe": ("mmoe", ["experts": .number(3)])
      case "cgc": ("cgc", ["ownByTask": .numbers(["depth": 2])])
      case "ple": ("ple", [:])
      case "dselect_k":
        ("dselect-k", ["experts": .number(3), "selectors": .number(2), "gamma": .number(1), "code": .text("ones")])
      default: (name, [:])
      }
    return try SharingRegistry.shared.require(entry).make(settings, tasks: ["semseg", "depth"])
  }

  private static func network(
    _ sharing: any Sharing, encoder: String = "resnet18", side: (Int, Int) = (64, 96)
  ) throws -> MultitaskNetwork {
    MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require(encoder), sharing: sharing, decoder: ReferenceHead.entry,
        outputs: [TaskOutput(task: "semseg", channels: 13), TaskOutput(task: "depth", channels: 1)],
        request: EncoderRequest(imageHeight: side.0, imageWidth: side.1)), seed: 0)
  }

  @Test(arguments: ["mmoe", "cgc", "ple", "dselect_k", "ltb"])
  func outputsGradientsAndKeys(_ name: String) throws {
    let file = "libmtl_\(name)_resnet18"
    let reference = try reference(file)
    let network = try Self.network(Self.sharing(name))
    let place = ["ple", "ltb"].contains(name) ? "encoder." : ""
    func rename(_ entry: String) -> String {
      entry.hasPrefix("backbone.") ? place + entry.dropFirst(9) : entry
    }
    try expectEntries(network.store, matchList: "keys_" + file, rename: rename)
    #expect(network.store.parameterCount == reference["parameters"].int)
    FillFormula.fill(network.store, rename: rename)
    // The reference is in its warm-up, where logits do not count.
    if let alpha = network.store.entry("backbone.alpha") { withoutGradients { alpha.fill(1) } }
    let image = FillFormula.image(reference["input_key"].string, reference["input_shape"].ints)
    expectNetwork(
      network.store, reference, image: image, outputs: Array(paired(network.tasks, network(image, .evaluation))),
      rename: rename)
  }

  /// Whose losses reach the experts, and from which plain entry they start.
  @Test func reach() throws {
    func reach(_ sharing: String, _ name: String) throws -> Reach? {
      let network = try Self.network(Self.sharing(sharing), encoder: "resnet20_quarter", side: (16, 16))
      return network.store.allParameters.first { $0.name == "backbone." + name }?.scope.reach
    }
    #expect(try reach("cgc", "experts_shared.0.conv1.weight") == .everyTask)
    #expect(try reach("cgc", "experts_specific.depth.1.conv1.weight") == .task("depth"))
    #expect(try reach("cgc", "gate_specific.semseg.0.bias") == .task("semseg"))
    #expect(try reach("ple", "shared_layer.3.0.0.conv1.weight") == .everyTask)
    #expect(try reach("ple", "specific_layer.3.depth.0.0.conv1.weight") == .task("depth"))
    #expect(try reach("ltb", "resnet_conv.depth.0.weight") == .everyTask)
    #expect(try reach("ltb", "resnet_layer.2.1.0.conv1.weight") == .task("depth"))
    #expect(try reach("ltb", "alpha") == .everyTask)
  }

  @Test(arguments: ["mmoe", "cgc", "ple", "dselect_k", "ltb"])
  func everyCopyStartsFromPretrainedWeights(_ name: String) throws {
    try withTemporaryFolder { folder in
      let store = ParameterStore(seed: 5)
      _ = try EncoderRegistry.shared.require("resnet20_quarter").make(
        store.root, EncoderRequest(imageHeight: 16, imageWidth: 16))
      store.layOut()
      let url = folder.appendingPathComponent("plain.safetensors")
      try Safetensors.write(store.state, to: url)
      let network = try Self.network(Self.sharing(name), encoder: "resnet20_quarter", side: (16, 16))
      let report = try network.loadEncoder(SafetensorsFile(contentsOf: url))
      let last = network.store.state.filter {
        $0.name.hasPrefix("backbone.") && $0.name.hasSuffix("2.conv2.weight") && $0.tensor.shape == [16, 16, 3, 3]
      }
      #expect(last.count >= 2)
      let plain: [Float] = store.entry("layer3.2.conv2.weight")!.array()
      for (name, tensor) in last { #expect(tensor.array(of: Float.self) == plain, "\(name)") }
      #expect(report.loaded.allSatisfy { !$0.contains("gate") && !$0.contains("logits") && !$0.contains("alpha") })
    }
  }

  @Test func selectorsStartNearHalfAndHaveARegularizer() throws {
    for (experts, penalty) in [(4, 0.001), (3, 0.001)] {
      let sharing = DSelectKSharing(experts: experts, selectors: 2, gamma: 1, entropy: penalty)
      let network = try Self.network(sharing, encoder: "resnet20_quarter", side: (16, 16))
      let codes: [Float] = network.store.entry("backbone._z_logits.depth.weight")!.array()
      let selectors: [Float] = network.store.entry("backbone._w_logits.depth.weight")!.array()
      #expect(codes.allSatisfy { abs($0) <= 0.01 } && codes.contains { abs($0) > 0.009 })
      #expect(selectors.allSatisfy { abs($0) <= 0.05 } && selectors.contains { abs($0) > 0.045 })
      #expect(network.penalty() == nil)
      _ = network(Tensor.zeros([2, 3, 16, 16]), .training(RandomGenerator(seed: 0)))
      withoutGradients { for task in network.tasks { network.store.entry("backbone._z_logits.\(task).bias")!.fill(0) } }
      // Every choice is 1/4: an entropy of log 4 for each of 2 tasks × 2 selectors of four experts, or 3/4 of it.
      let chosen = Double(experts) / 4
      let entropy = 4 * penalty * chosen * -(0.25 + 1e-6).logarithm
      let expected = experts == 4 ? entropy : entropy + 4 / chosen
      #expect(abs(network.penalty()!.item - expected) < 1e-4)
    }
  }

  /// In evaluation, a stage reads the column with the largest logit; in training, it draws one.
  @Test func branchesAreChosen() throws {
    let sharing = BranchingSharing(epochs: 10, warmup: 0.1)
    let network = try Self.network(sharing, encoder: "resnet20_quarter", side: (16, 16))
    let alpha = network.store.entry("backbone.alpha")!
    let image = FillFormula.image("input", [2, 3, 16, 16])
    func outputs(_ context: ForwardContext) -> [[Float]] {
      withoutGradients { network(image, context).map { $0.array() } }
    }
    let sum = outputs(.evaluation)
    // Every stage of every column reads the first column.
    withoutGradients { alpha.copy(from: alpha + Tensor([1.0, 0], shape: [1, 1, 2]).to(.float32)) }
    let first = outputs(.evaluation)
    #expect(sum != first)
    withoutGradients { network.store.entry("backbone.resnet_conv.depth.0.weight")!.multiply(inPlace: -1) }
    #expect(outputs(.evaluation) == first)
    withoutGradients { network.store.entry("backbone.resnet_conv.semseg.0.weight")!.multiply(inPlace: -1) }
    #expect(outputs(.evaluation) != first)
    // Draws depend on the generator alone, and there are none in the warm-up.
    func draws(_ progress: Double) -> Set<[Float]> {
      let start = network.store.state.map { ($0.tensor, $0.tensor.copied()) }
      return Set(
        (0..<6).map { seed in
          defer { withoutGradients { for (tensor, values) in start { tensor.copy(from: values) } } }
          return outputs(.training(RandomGenerator(seed: UInt64(seed)), progress: progress))[0]
        })
    }
    withoutGradients { alpha.fill(1) }
    #expect(draws(0.05).count == 1)
    #expect(draws(0.5).count > 1)
  }

  @Test func badInput() throws {
    for name in ["ple", "ltb"] {
      let sharing = try Self.sharing(name)
      for encoder in ["vit_micro", "hrnet_w18_small_v2"] {
        #expect {
          try NetworkPlan.check(sharing, named: name, of: EncoderRegistry.shared.require(encoder))
        } throws: { "\($0)".contains(encoder) && "\($0)".contains("resnet18") }
      }
    }
    for name in ["mmoe", "cgc", "ple", "dselect-k", "ltb"] {
      let entry = try SharingRegistry.shared.require(name)
      #expect { try entry.make(tasks: ["depth"]) } throws: { "\($0)".contains("several tasks") }
      #expect(try entry.make(tasks: ["a", "b"]).takesOneSize == (name != "ltb"))
    }
    #expect {
      try SharingRegistry.shared.require("cgc").make(["ownByTask": .numbers(["a": 1.5])], tasks: ["a", "b"])
    } throws: { "\($0)".contains("1.5") && "\($0)".contains("whole number") }
    #expect {
      try SharingRegistry.shared.require("dselect-k").make(["experts": .number(1)], tasks: ["a", "b"])
    } throws: { "\($0)".contains("2 to 64") }
  }
}

extension Double {
  fileprivate var logarithm: Double { Foundation.log(self) }
}
