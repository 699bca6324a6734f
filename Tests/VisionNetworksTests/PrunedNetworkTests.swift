import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// What remains of gated networks after pruning, beside recorded numbers and by laws.
@Suite(.serialized) struct PrunedNetworkTests {
  @Test(arguments: 0..<34)
  func prunedNetwork(_ index: Int) throws {
    let reference = try GatedReference.file("pruning")["cases"].array[index]
    let name = reference["network"].string
    let file = try GatedReference.file(name)
    let tasks = file["tasks"].array.map(\.string)
    let shape = file["input_shape"].ints
    let gated = GatedReference.network(name, tasks, side: (shape[2], shape[3]))
    GatedReference.fillGates(gated, reference["plan"].array.map(\.string))
    let wanted = reference["export"].array.map { tasks.firstIndex(of: $0.string)! }
    let pruned = try gated.pruned(for: wanted)
    let layout = try gated.staticLayout(for: wanted)
    for layer in reference["layers"].keys {
      let rows = layout.layers[layer]!.own.map(\.count) + [layout.layers[layer]!.shared.count]
      #expect(rows == reference["layers"][layer]["rows"].ints, "\(layer)")
    }
    #expect(layout.mixTermCount == reference["total"]["mix_parameters"].int)
    if wanted.count == tasks.count {
      // The reference's decoders are not in its counts.
      #expect(gated.gateState!.multiplyAdds - gated.gateCost().others == reference["total"]["macs"].int)
    }
    let parameters = pruned.store.allParameters.filter {
      $0.name.hasPrefix("backbone.") && !$0.name.hasPrefix("backbone.mix.") && !GatedReference.isFinalNorm($0.name)
    }
    #expect(parameters.reduce(0) { $0 + $1.value.count } == reference["total"]["parameters"].int)
    let image = FillFormula.image("input", shape).to(.float64)
    let expected = gated(image, tasks: wanted, .evaluation)
    for ((task, own), other) in paired(Array(paired(wanted, pruned(image, .evaluation))), expected) {
      let record = reference["outputs"][tasks[task]]
      let values = own.array(of: Double.self)
      let scale = record["absmax"].double
      expectClose(values, other.array(of: Double.self), tolerance: 1e-11 * scale)
      let probe = FillFormula.unit("probe", count: values.count)
      let dot = zip(values, probe).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(dot - record["probe_dot"].double) < 1e-6 * scale * Double(values.count).squareRoot())
    }
  }

  /// Random gates over kinds of encoders: equal outputs in float32, for all tasks and for one, and equal gradients of the
  /// parameters that remain.
  @Test(arguments: ["vit_micro", "resnet18_quarter", "segnet", "hrnet_w18_small_v2"])
  func prunedNetworksOfRandomGates(_ encoder: String) throws {
    let entry = EncoderRegistry.shared.entry(encoder)!
    let side = encoder == "segnet" ? 32 : 64
    let plan = NetworkPlan(
      encoder: entry, sharing: GatedSharing(sparsity: GateSparsity(.l1, weight: 0.1, targets: [0, 0])),
      decoder: DecoderRegistry.shared.entry("last-map")!,
      outputs: ["a", "b"].map { TaskOutput(task: $0, channels: 2) },
      request: EncoderRequest(imageHeight: side, imageWidth: side))
    let network = MultitaskNetwork(plan, seed: 3)
    let generator = RandomGenerator(seed: 5)
    let image = generator.normal([2, 3, side, side])
    for (round, wanted) in [[0, 1], [1]].enumerated() {
      withoutGradients {
        for layer in network.gatedLayers {
          layer.gates.value.copy(from: generator.normal(layer.gates.shape) + (Double(round) - 0.5) * 0.7)
          layer.mix?.value.copy(from: generator.normal(layer.mix!.shape))
        }
      }
      let pruned = try network.pruned(for: wanted)
      let (ours, theirs) = (pruned(image, .evaluation), network(image, tasks: wanted, .evaluation))
      let names = pruned.store.allParameters.map(\.name).filter { $0.hasPrefix("heads.") || $0.hasSuffix("bias") }
      for (own, other) in paired(ours, theirs) {
        let scale = other.abs().max().item
        expectClose(
          own.array(of: Double.self), other.array(of: Double.self), tolerance: 2e-4 * max(scale, 1))
      }
      func gradientNorms(_ network: MultitaskNetwork, _ outputs: [Tensor], _ names: [String]) -> [Double] {
        let losses = outputs.map { $0.squared().mean() }
        let sum = losses.dropFirst().reduce(losses[0], +)
        return gradients(of: [sum], withRespectTo: names.map { network.store.entry($0)! }).map { $0?.norm().item ?? 0 }
      }
      // Rows that were not selected have no gradient, so that the norms are those of the rows that remain.
      let (a, b) = (gradientNorms(pruned, ours, names), gradientNorms(network, theirs, names))
      for (name, (x, y)) in paired(names, Array(paired(a, b))) {
        #expect(abs(x - y) <= 2e-3 * max(y, 1e-4), "\(name): \(x), not \(y)")
      }
    }
  }

  /// A hundred random patterns over kinds of small encoders, for all tasks and for each alone in turn: equal outputs, and
  /// equal gradients of everything that remains.
  @Test(arguments: [
    ("vit_micro", 40), ("resnet20_narrow", 32), ("resnet18_dilated_micro", 20), ("hrnet_micro", 6),
    ("hrnet_micro_fused", 2),
  ])
  func hundredPatterns(_ name: String, _ count: Int) throws {
    let network = GatedReference.network(name, ["semseg", "depth", "normals"], side: (32, 32))
    let generator = RandomGenerator(seed: 7)
    let image = generator.normal([1, 3, 32, 32]).to(.float64)
    for round in 0..<count {
      withoutGradients {
        for layer in network.gatedLayers {
          // From layers that are wholly shared to wholly own ones.
          let offsets = generator.normal([3, 1]) * 1.5
          layer.gates.value.copy(from: (generator.normal(layer.gates.shape) + offsets).to(.float64))
          layer.mix?.value.copy(from: generator.normal(layer.mix!.shape).to(.float64))
        }
      }
      let wanted = [[0, 1, 2], [0], [1], [2]][round % 4]
      let pruned = try network.pruned(for: wanted)
      let (ours, theirs) = (pruned(image, .evaluation), network(image, tasks: wanted, .evaluation))
      for (own, other) in paired(ours, theirs) {
        expectClose(own, other, tolerance: 1e-10 * max(1, other.abs().max().item))
      }
      let names = pruned.store.allParameters.map(\.name).filter { network.store.entry($0) != nil }
      let (a, b) = (norms(pruned, ours, names), norms(network, theirs, names))
      for (name, (x, y)) in paired(names, Array(paired(a, b))) {
        #expect(abs(x - y) <= 1e-8 * max(y, 1e-3), "\(name) in round \(round): \(x), not \(y)")
      }
    }
  }

  /// Rows that were not selected have no gradient, so that the norms are those of the rows that remain.
  private func norms(_ network: MultitaskNetwork, _ outputs: [Tensor], _ names: [String]) -> [Double] {
    let losses = outputs.map { $0.squared().mean() }
    let sum = losses.dropFirst().reduce(losses[0], +)
    return gradients(of: [sum], withRespectTo: names.map { network.store.entry($0)! }).map { $0?.norm().item ?? 0 }
  }

  /// No gate on is hard sharing, and all on are single-task networks.
  @Test func extremesAreSharedAndSingleNetworks() throws {
    for (logit, copies) in [(-1.0, 1), (1.0, 3)] {
      let gated = GatedReference.network("resnet20_narrow", ["x", "y", "z"], side: (32, 32))
      withoutGradients {
        for layer in gated.gatedLayers {
          layer.gates.value.copy(from: .full(logit, layer.gates.shape, dtype: .float64))
        }
      }
      let pruned = try gated.pruned()
      let cost = gated.gateCost()
      #expect(gated.gateState!.multiplyAdds == (copies == 1 ? cost.shared : cost.single))
      #expect(cost.single - cost.others == 3 * (cost.shared - cost.others))
      let store = ParameterStore(seed: 0, dtype: .float64)
      let plain = GatedReference.encoder("resnet20_narrow").make(
        store.root, EncoderRequest(imageHeight: 32, imageWidth: 32))
      store.layOut()
      let image = RandomGenerator(seed: 1).normal([2, 3, 32, 32]).to(.float64)
      let backbone = pruned.store.allParameters.filter { $0.name.hasPrefix("backbone.") }
      #expect(backbone.reduce(0) { $0 + $1.value.count } == copies * store.parameterCount)
      for (task, features) in ["x", "y", "z"].enumerated() {
        FillFormula.fill(store) { (copies == 1 ? "shared." : "task.\(features).") + $0 }
        let expected = plain.maps(image, .evaluation).last!
        let found = pruned.features(image, for: [task], .evaluation).maps(of: task).last!
        expectClose(
          found.array(of: Double.self), expected.array(of: Double.self), tolerance: 1e-11 * expected.abs().max().item)
      }
    }
  }
}
