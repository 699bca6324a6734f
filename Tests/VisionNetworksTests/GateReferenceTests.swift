import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Gated layers and networks beside recorded numbers.
@Suite struct GateReferenceTests {
  private static func reference(_ name: String) throws -> Reference {
    try Reference(contentsOf: resources.appendingPathComponent("gates/\(name).json"))
  }

  @Test(arguments: [
    "conv_eval", "conv_train", "conv_stride2", "conv_dilated", "conv_1x1_own", "conv_first", "linear", "linear_norm",
  ])
  func layer(_ label: String) throws {
    let reference = try Self.reference("layers")["layers"].array.first { $0["label"].string == label }!
    let tasks = (0..<reference["tasks"].int).map { "\($0)" }
    let shape = reference["input_shape"].ints
    let isFirst = reference["first_layer"].bool
    let store = ParameterStore(seed: 0, dtype: .float64)
    let kit = GatedKit(root: store.root, tasks: tasks)
    // Only the first layer of a kit has no mix.
    if !isFirst { _ = kit.linear(store.root["before"], normalizedAt: nil, LinearShape(from: 1, to: 1)) }
    let outputs = reference["output_channels"].int
    let layer: any StreamLayer
    if reference["kind"].string == "conv" {
      var convolution = ConvolutionShape(from: shape[1], to: outputs, kernel: reference["kernel"].int)
      convolution.stride = reference["stride"].int
      convolution.dilation = reference["dilation"].int
      layer = kit.convolution(store.root["x"], normalizedAt: store.root["x.bn"], convolution)
    } else {
      var linear = LinearShape(from: shape[2], to: outputs)
      linear.epsilon = 1e-6
      layer = kit.linear(
        store.root["x"], normalizedAt: reference["norm"].bool ? store.root["x.norm"] : nil, linear)
    }
    store.layOut()
    FillFormula.fill(store) { name in
      "layer.\(label)." + name.replacingOccurrences(of: ".x.", with: ".")
    }
    let gates = kit.layers.last!
    withoutGradients {
      gates.gates.value.copy(from: Tensor(reference["alpha"].flatDoubles, shape: gates.gates.shape))
      if let mix = gates.mix { mix.value.copy(from: Tensor(reference["beta"].flatDoubles, shape: mix.shape)) }
    }
    #expect((gates.mix == nil) == reference["beta"].isNull)
    #expect(gates.pattern().map { $0.map { $0 ? "1" : "0" }.joined() } == reference["gates"].array.map(\.string))
    let inputs = (0..<(isFirst ? 1 : tasks.count)).map { index in
      let values = FillFormula.unit("stream.\(index)", count: shape.reduce(1, *)).map { Double(Float($0)) }
      let tensor = Tensor(values, shape: shape)
      tensor.requiresGradient = true
      return tensor
    }
    let context =
      reference["mode"].string == "train" ? ForwardContext.training(RandomGenerator(seed: 0)) : .evaluation
    let result = layer(isFirst ? Streams(inputs[0]) : Streams(apart: inputs), context.for(tasks: tasks))
      .byTask(count: tasks.count)
    for (task, record) in paired(tasks, reference["outputs"].array) {
      let output = result[Int(task)!]
      if record.has("full") {
        expectClose(output.array(of: Double.self), record["full"].flatDoubles, tolerance: 1e-8)
      } else {
        expect(output, matches: record, "output \(task)")
      }
    }
    let terms = result.map { output in
      (output * Tensor(FillFormula.unit("probe", count: output.count), shape: output.shape)).mean()
    }
    let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
    #expect(abs(loss.item - reference["loss"].double) < 1e-9)
    let expected = reference["gradients"]
    let leaves = expected.keys.map { key -> Tensor in
      switch key {
      case "alpha": gates.gates.value
      case "beta": gates.mix!.value
      case "image": inputs[0]
      case _ where key.hasPrefix("stream."): inputs[Int(key.dropFirst(7))!]
      default:
        store.entry(
          key.hasPrefix("shared.")
            ? "shared.x." + key.dropFirst(7)
            : "task.\(key.split(separator: ".")[1]).x." + key.split(separator: ".").dropFirst(2).joined(separator: "."))!
      }
    }
    for (key, gradient) in paired(expected.keys, gradients(of: [loss], withRespectTo: leaves)) {
      if expected[key].has("full") {
        let full = expected[key]["full"].flatDoubles
        let scale = full.map(abs).max()!
        expectClose(gradient!.array(of: Double.self), full, tolerance: max(1e-8 * scale, 1e-12))
      } else {
        expect(gradient!, matches: expected[key], key)
      }
    }
    guard reference.has("running_after") else { return }
    for key in reference["running_after"].keys {
      let name =
        key.hasPrefix("shared.") ? "shared.x." + key.dropFirst(7) : key.replacingOccurrences(of: ".bn.", with: ".x.bn.")
      let found = store.entry(name)!.array(of: Double.self)
      let record = reference["running_after"][key]
      expectClose(found, record.has("full") ? record["full"].flatDoubles : record.flatDoubles, tolerance: 1e-8)
    }
  }

  @Test func sparsity() throws {
    for reference in try Self.reference("sparsity")["cases"].array {
      let tasks = (0..<reference["tasks"].int).map { "\($0)" }
      let store = ParameterStore(seed: 0, dtype: .float64)
      let kit = GatedKit(root: store.root, tasks: tasks)
      let alphas = reference["alpha"]
      // In the order of the file's layers, which the mean does not depend on.
      for name in alphas.keys {
        var shape = LinearShape(from: 1, to: alphas[name][0].array.count)
        shape.partNames = name.hasSuffix("qkv") ? ["q", "k", "v"] : []
        _ = kit.linear(store.root[name], normalizedAt: nil, shape)
      }
      store.layOut()
      for (layer, name) in paired(kit.layers, alphas.keys) {
        withoutGradients {
          layer.gates.value.copy(from: Tensor(alphas[name].flatDoubles, shape: layer.gates.shape))
        }
      }
      let targets = reference["targets_tau"].doubles
      expectClose(
        GateSparsity.fractions(of: kit.layers).array(of: Double.self), reference["own_share_soft"].doubles,
        tolerance: 1e-10)
      for kind in [GateSparsity.Kind.hinge, .l1] where reference.has(kind.rawValue) {
        let expected = reference[kind.rawValue]
        let penalty = GateSparsity(kind, weight: 1, targets: targets).penalty(of: kit.layers)!
        #expect(abs(penalty.item - expected["value"].double) < 1e-10)
        let found = gradients(of: [penalty], withRespectTo: kit.layers.map(\.gates.value))
        for (name, gradient) in paired(alphas.keys, found) {
          expectClose(gradient!.array(of: Double.self), expected["grad"][name].flatDoubles, tolerance: 1e-10)
        }
      }
      #expect(GateSparsity(.none, weight: 1, targets: targets).penalty(of: kit.layers) == nil)
    }
  }
}
