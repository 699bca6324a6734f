import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Gated networks in evaluation and training beside recorded numbers.
@Suite(.serialized) struct GatedNetworkTests {
  @Test(arguments: ["vit_micro", "resnet20_narrow", "resnet20_narrow_train", "resnet18_dilated_micro"])
  func gatedNetwork(_ name: String) throws {
    let reference = try GatedReference.file(name)
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let network = GatedReference.network(name, tasks, side: (shape[2], shape[3]))
    let layers = reference["layers"].array
    #expect(network.gatedLayers.map(\.name) == layers.map { $0["name"].string })
    GatedReference.fillGates(network, layers.map { $0["kind"].string })
    let finalNorms = network.store.state.filter { $0.name.contains("task.") && GatedReference.isFinalNorm($0.name) }
    let normCount = finalNorms.reduce(0) { $0 + $1.tensor.count }
    #expect(
      network.store.parameterCount == reference["parameters"].int + normCount)
    for (layer, record) in paired(network.gatedLayers, layers) {
      #expect(layer.pattern().map(GatedReference.bits) == record["gates"].array.map(\.string), "\(layer.name)")
      #expect((layer.mix == nil) == record["input_channels"].isNull)
    }
    let image = FillFormula.image(reference["input_key"].string, shape).to(.float64)
    image.requiresGradient = true
    let isTraining = reference["mode"].string == "train"
    let context = isTraining ? ForwardContext.training(RandomGenerator(seed: 0)) : .evaluation
    let outputs = network(image, context)
    expectNetwork(
      network.store, reference, image: image, outputs: Array(paired(tasks, outputs)), tolerance: 1e-5,
      rename: GatedReference.plain)
    if isTraining {
      for key in reference["running_after"].keys {
        expect(network.store.entry("backbone.\(key)")!, matches: reference["running_after"][key], key)
      }
    }
    expectGateGradients(network, reference["gradients"], network(image, context))
  }

  /// The network of the publication at full size: outputs, gradients, what is reported, and what pruning leaves.
  @Test func wholeHRNet() throws {
    let reference = try GatedReference.file("hrnet_w18")
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let channels = ["semseg": 40, "depth": 1, "normals": 3]
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require("hrnet_w18"),
        sharing: GatedSharing(sparsity: GateSparsity(.none, weight: 0, targets: [0, 0, 0])),
        decoder: try DecoderRegistry.shared.require("high-resolution"),
        outputs: tasks.map { TaskOutput(task: $0, channels: channels[$0]!) },
        request: EncoderRequest(imageHeight: shape[2], imageWidth: shape[3])), seed: 0)
    func referenceName(_ name: String) -> String {
      GatedReference.plain(name).replacing(/^decoders\./, with: "heads.")
    }
    FillFormula.fill(network.store, rename: referenceName)
    let layers = reference["layers"].array
    #expect(network.gatedLayers.map(\.name) == layers.map { $0["name"].string } && layers.count == 305)
    #expect(network.store.parameterCount == reference["parameters"].int)
    GatedReference.fillGates(network, layers.map { $0["kind"].string })
    let image = FillFormula.image(reference["input_key"].string, shape)
    let outputs = network(image, .evaluation)
    expectNetwork(
      network.store, reference, image: image, outputs: Array(paired(tasks, outputs)), rename: referenceName)
    expectReport(network, reference["report"])
    let total = reference["pruned"]["total"]
    let heads = network.store.allParameters.filter { !$0.name.hasPrefix("backbone.") }
    let layout = try network.staticLayout()
    #expect(layout.mixTermCount == total["mix_parameters"].int)
    #expect(network.gateState!.multiplyAdds - network.gateCost().others == total["macs"].int)
    let pruned = try network.pruned()
    let weights = pruned.store.parameterCount - layout.mixTermCount - heads.reduce(0) { $0 + $1.value.count }
    #expect(weights == total["parameters"].int)
    for (own, other) in paired(pruned(image, .evaluation), outputs) {
      expectClose(own, other, tolerance: 2e-5 * other.abs().max().item)
    }
  }

  /// What is reported of gates: own channels of each layer, and whose streams the shared copies get most of.
  @Test(arguments: ["vit_micro", "resnet20_narrow", "resnet18_dilated_micro"])
  func report(_ name: String) throws {
    let reference = try GatedReference.file(name)
    let shape = reference["input_shape"].ints
    let network = GatedReference.network(name, reference["tasks"].array.map(\.string), side: (shape[2], shape[3]))
    GatedReference.fillGates(network, reference["layers"].array.map { $0["kind"].string })
    expectReport(network, reference["report"])
  }

  private func expectReport(_ network: MultitaskNetwork, _ report: Reference) {
    let state = network.gateState!
    for (found, key) in [
      (state.ownFractions, "own_share"), (state.mixFractions, "largest_contribution_share"),
    ] {
      #expect(Set(found.keys) == Set(report[key].keys))
      for layer in report[key].keys { expectClose(found[layer] ?? [], report[key][layer].doubles, tolerance: 1e-8) }
    }
  }

  /// Of each layer's gates and mixes: the norm, and the product with the probe.
  private func expectGateGradients(_ network: MultitaskNetwork, _ reference: Reference, _ outputs: [Tensor]) {
    let terms = outputs.map { output in
      (output * Tensor(FillFormula.unit("probe", count: output.count), shape: output.shape)).mean()
    }
    let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
    for (kind, parameters) in [
      ("alpha", network.gatedLayers.map { ($0.name, $0.gates) }),
      ("beta", network.gatedLayers.compactMap { layer in layer.mix.map { (layer.name, $0) } }),
    ] {
      let found = gradients(of: [loss], withRespectTo: parameters.map(\.1.value), graph: .retain)
      let layers = reference[kind]["layers"]
      let scale = reference[kind]["concatenated"]["l2"].double
      #expect(layers.keys.count == parameters.count)
      for ((name, _), gradient) in paired(parameters, found) {
        let values = gradient?.array(of: Double.self) ?? []
        let expected = layers["gates.\(name).\(kind)"].doubles
        let l2 = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(l2 - expected[0]) <= max(1e-4 * expected[0], 1e-6 * scale), "\(name).\(kind)")
        let probe = FillFormula.unit("probe", count: values.count)
        let dot = zip(values, probe).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(dot - expected[1]) <= max(1e-4 * expected[0], 1e-6 * scale), "\(name).\(kind): probe")
      }
    }
  }

  /// Three steps on one batch: the losses, the sparsity, and the gates that change.
  @Test func trainingTrace() throws {
    let reference = try GatedReference.file("resnet20_narrow_train")
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let network = GatedReference.network("resnet20_narrow_train", tasks, side: (shape[2], shape[3]))
    GatedReference.fillGates(network, reference["layers"].array.map { $0["kind"].string })
    let objective = reference["objective"]
    let problem = AttributeObjective(
      network: network, image: FillFormula.image(reference["input_key"].string, shape).to(.float64),
      labels: tasks.map { objective["labels"][$0].doubles })
    let weighting = ManualWeighting(weights: objective["weights"].doubles)
    let optimizer = MultitaskOptimizer(
      network.store, method: MultitaskMethod(weighting: weighting), optimizer: Adam(weightDecay: 1e-4),
      groups: OptimizerGroups().completed(by: network.optimizerGroups))
    for step in reference["training"]["steps"].array {
      let fractions = GateSparsity.fractions(of: network.gatedLayers).array(of: Double.self)
      let report = try optimizer.step([problem], learningRate: 1e-3)
      expectClose(report.losses.map { $0! }, step["losses"].doubles, tolerance: 1e-6)
      #expect(abs(report.penalty! - 0.1 * step["sparsity"].double) < 1e-7)
      expectClose(fractions, step["own_share_soft"].doubles, tolerance: 1e-7)
    }
    let changed = reference["training"]["gates_after"]["changed"]
    for (layer, record) in paired(network.gatedLayers, reference["layers"].array) {
      let expected = (changed.has(layer.name) ? changed[layer.name] : record["gates"]).array.map(\.string)
      #expect(layer.pattern().map(GatedReference.bits) == expected, "\(layer.name)")
    }
  }
}
