import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Gated networks and what remains of them after pruning, beside recorded numbers and by laws.
@Suite(.serialized) struct GatedNetworkTests {
  private static func reference(_ name: String) throws -> Reference {
    try Reference(contentsOf: resources.appendingPathComponent("gates/\(name).json"))
  }

  // MARK: The networks of the reference

  /// A head as the reference has it, below `heads.TASK`.
  private struct ReferenceHead: Decoder {
    enum Kind { case image, pixels, tokens }
    let kind: Kind
    let norm: LayerNormalization?
    let linear: (any Layer)

    init(_ kind: Kind, _ path: ParameterPath, from inputs: Int, to channels: Int) {
      self.kind = kind
      norm = kind == .tokens ? LayerNormalization(path["norm"], width: inputs, epsilon: 1e-6) : nil
      linear =
        switch kind {
        case .image: Linear(path, from: inputs, to: channels)
        case .pixels: Convolution(path, from: inputs, to: channels, kernel: 1)
        case .tokens: Linear(path["linear"], from: inputs, to: channels)
        }
    }

    func callAsFunction(
      _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
    ) -> Tensor {
      let last = features.last!
      switch kind {
      case .image: return linear(GlobalAveragePooling()(last, context).flattened(from: 1), context)
      case .pixels: return linear(last, context).resized(height: size.height, width: size.width, .bilinear)
      case .tokens: return linear(norm!(last, context), context)
      }
    }
  }

  private static func decoder(_ kind: ReferenceHead.Kind) -> DecoderEntry {
    DecoderEntry(
      "reference", summary: "", paper: "", traits: DecoderTraits(readout: kind == .tokens ? .rawTokens : .maps)
    ) { path, inputs, channels in ReferenceHead(kind, path, from: inputs.last!, to: channels) }
  }

  private static func encoder(_ name: String) -> EncoderEntry {
    let traits = EncoderTraits(sizeMultiple: 1, capabilities: [.kitLayers])
    return EncoderEntry(name, summary: "", paper: "", traits: traits) { path, request, kit in
      switch name {
      case "vit_micro":
        var configuration = VisionTransformer.Configuration.micro
        configuration.readout = request.readout
        return VisionTransformer(path, configuration, kit: kit)
      case "resnet18_dilated_micro":
        return ResNet(
          path, ResNet.Configuration(.basic, depths: [2, 2, 2, 2], widths: [8, 16, 24, 32], isDilated: true), kit: kit)
      default:
        var configuration = ResNet.Configuration(.basic, depths: [3, 3, 3], widths: [4, 8, 16])
        configuration.stem = .small
        return ResNet(path, configuration, kit: kit)
      }
    }
  }

  private static let channels = ["semseg": 5, "normals": 3]

  private func network(_ name: String, _ tasks: [String], side: (Int, Int)) -> MultitaskNetwork {
    let kind: ReferenceHead.Kind = name == "vit_micro" ? .tokens : name.hasPrefix("resnet20") ? .image : .pixels
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: Self.encoder(name.replacingOccurrences(of: "_train", with: "")),
        sharing: GatedSharing(sparsity: GateSparsity(.hinge, weight: 0.1, targets: [0.25, 0.5, 0.75])),
        decoder: Self.decoder(kind), outputs: tasks.map { TaskOutput(task: $0, channels: Self.channels[$0] ?? 1) },
        request: EncoderRequest(imageHeight: side.0, imageWidth: side.1)), seed: 0, dtype: .float64)
    FillFormula.fill(network.store) { Self.plain($0) }
    return network
  }

  private static func plain(_ name: String) -> String {
    name.hasPrefix("backbone.") ? String(name.dropFirst(9)) : name
  }

  /// Fills gates by kinds of the reference, which take turns over the layers.
  private func fillGates(_ network: MultitaskNetwork, _ kinds: [String]) {
    withoutGradients {
      for (index, layer) in network.gatedLayers.enumerated() {
        let values = gateLogits(
          kinds[index % kinds.count], "gates.\(layer.name).alpha", layer.gates.shape)
        layer.gates.value.copy(from: Tensor(values, shape: layer.gates.shape))
        if let mix = layer.mix {
          let t = FillFormula.unit("gates.\(layer.name).beta", count: mix.value.count).map { Float(1.5 * $0) }
          mix.value.copy(from: Tensor(t, shape: mix.shape))
        }
      }
    }
  }

  @Test(arguments: ["vit_micro", "resnet20_narrow", "resnet20_narrow_train", "resnet18_dilated_micro"])
  func gatedNetwork(_ name: String) throws {
    let reference = try Self.reference(name)
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let network = network(name, tasks, side: (shape[2], shape[3]))
    let layers = reference["layers"].array
    #expect(network.gatedLayers.map(\.name) == layers.map { $0["name"].string })
    fillGates(network, layers.map { $0["kind"].string })
    let finalNorms = network.store.state.filter { $0.name.contains("task.") && Self.isFinalNorm($0.name) }
    let normCount = finalNorms.reduce(0) { $0 + $1.tensor.count }
    #expect(
      network.store.parameterCount == reference["parameters"].int + normCount)
    for (layer, record) in paired(network.gatedLayers, layers) {
      #expect(layer.pattern().map(Self.bits) == record["gates"].array.map(\.string), "\(layer.name)")
      #expect((layer.mix == nil) == record["input_channels"].isNull)
    }
    let image = FillFormula.image(reference["input_key"].string, shape).to(.float64)
    image.requiresGradient = true
    let isTraining = reference["mode"].string == "train"
    let context = isTraining ? ForwardContext.training(RandomGenerator(seed: 0)) : .evaluation
    let outputs = network(image, context)
    expectNetwork(
      network.store, reference, image: image, outputs: Array(paired(tasks, outputs)), tolerance: 1e-5,
      rename: Self.plain)
    if isTraining {
      for key in reference["running_after"].keys {
        expect(network.store.entry("backbone.\(key)")!, matches: reference["running_after"][key], key)
      }
    }
    expectGateGradients(network, reference["gradients"], network(image, context))
  }

  private static func isFinalNorm(_ name: String) -> Bool {
    name.split(separator: ".").dropLast().last == "norm" && !name.hasPrefix("heads.")
  }

  private static func bits(_ pattern: [Bool]) -> String { pattern.map { $0 ? "1" : "0" }.joined() }

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

  // MARK: Pruning

  @Test(arguments: 0..<34)
  func prunedNetwork(_ index: Int) throws {
    let reference = try Self.reference("pruning")["cases"].array[index]
    let name = reference["network"].string
    let file = try Self.reference(name)
    let tasks = file["tasks"].array.map(\.string)
    let shape = file["input_shape"].ints
    let gated = network(name, tasks, side: (shape[2], shape[3]))
    fillGates(gated, reference["plan"].array.map(\.string))
    let wanted = reference["export"].array.map { tasks.firstIndex(of: $0.string)! }
    let pruned = try gated.pruned(for: wanted)
    let layout = try gated.staticLayout(for: wanted)
    for layer in reference["layers"].keys {
      let rows = layout.layers[layer]!.own.map(\.count) + [layout.layers[layer]!.shared.count]
      #expect(rows == reference["layers"][layer]["rows"].ints, "\(layer)")
    }
    #expect(layout.mixTermCount == reference["total"]["mix_parameters"].int)
    let parameters = pruned.store.allParameters.filter {
      $0.name.hasPrefix("backbone.") && !$0.name.hasPrefix("backbone.mix.") && !Self.isFinalNorm($0.name)
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

  /// No gate on is hard sharing, and all on are single-task networks.
  @Test func extremesAreSharedAndSingleNetworks() throws {
    for (logit, copies) in [(-1.0, 1), (1.0, 3)] {
      let gated = network("resnet20_narrow", ["x", "y", "z"], side: (32, 32))
      withoutGradients {
        for layer in gated.gatedLayers {
          layer.gates.value.copy(from: .full(logit, layer.gates.shape, dtype: .float64))
        }
      }
      let pruned = try gated.pruned()
      let store = ParameterStore(seed: 0, dtype: .float64)
      let plain = Self.encoder("resnet20_narrow").make(
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

  // MARK: Training

  /// Three steps on one batch: the losses, the sparsity, and the gates that change.
  @Test func trainingTrace() throws {
    let reference = try Self.reference("resnet20_narrow_train")
    let tasks = reference["tasks"].array.map(\.string)
    let shape = reference["input_shape"].ints
    let network = network("resnet20_narrow_train", tasks, side: (shape[2], shape[3]))
    fillGates(network, reference["layers"].array.map { $0["kind"].string })
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
      #expect(layer.pattern().map(Self.bits) == expected, "\(layer.name)")
    }
  }

  private struct AttributeObjective: MultitaskObjective {
    let network: MultitaskNetwork
    let image: Tensor
    let labels: [[Double]]
    private let context = ForwardContext.training(RandomGenerator(seed: 0))

    init(network: MultitaskNetwork, image: Tensor, labels: [[Double]]) {
      self.network = network
      self.image = image
      self.labels = labels
    }

    var tasks: [String] { network.tasks }
    var featureKind: Features.Kind { network.featureKind }
    func penalty() -> Tensor? { network.penalty() }
    func features(for tasks: [Int]) -> Features { network.features(image, for: tasks, context) }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      let size = (image.shape[2], image.shape[3])
      return zip(tasks, network.predictions(of: tasks, from: features, size: size, context)).map { task, prediction in
        let target = Tensor(labels[task], shape: prediction.output.shape)
        return BinaryCrossEntropy()(prediction.output, Labels(target))
      }
    }
  }
}

/// The logits of gates by a rule of the reference, named by its kind.
func gateLogits(_ kind: String, _ name: String, _ shape: [Int]) -> [Float] {
  FillFormula.unit(name, count: shape[0] * shape[1]).enumerated().map { index, t in
    let row = index / shape[1]
    let own = 0.25 + 1.75 * abs(t)
    let value: Double =
      switch kind {
      case "mixed": 2 * t
      case "few": 2 * t - 1
      case "most": 2 * t + 1
      case "tie": index % 3 == 0 ? 0 : 2 * t
      case "own": own
      case "shared": -own
      case _ where kind.hasPrefix("task"): row == Int(kind.dropFirst(4))! ? own : -own
      default: row == Int(kind.dropFirst(3))! ? -own : 2 * t
      }
    return Float(value)
  }
}
