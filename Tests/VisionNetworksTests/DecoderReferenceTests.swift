import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct DecoderReferenceTests {
  private static let channels = [
    "semseg": 40, "depth": 1, "normals": 3, "edge": 1, "human_parts": 7, "sal": 2,
  ]

  @Test(arguments: [
    "vit_multi_micro_nyud", "vit_multi_vitT_nyud", "vit_multi_vitT_pascal", "vit_multi_vitS_nyud",
  ])
  func multiScaleTransformer(_ name: String) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let vit = reference["vit"]
    let store = ParameterStore(seed: 0)
    let encoder = VisionTransformer(
      store.root["backbone"],
      VisionTransformer.Configuration(
        patch: vit["patch_size"].int, width: vit["embed_dim"].int, depth: vit["depth"].int, heads: vit["num_heads"].int,
        imageHeight: shape[2], imageWidth: shape[3]))
    #expect(encoder.selectedBlocks.map { $0 + 1 } == vit["select_list"].ints)
    let tasks = reference["tasks"].array.map(\.string)
    let heads = tasks.map { task in
      let classes = task == "semseg" && name.contains("pascal") ? 21 : Self.channels[task]!
      return MultiScaleHead(
        store.root["heads", task].reached(by: .task(task)), inputs: encoder.featureChannels, channels: classes)
    }
    store.layOut()
    #expect(store.parameterCount == reference["parameters"].int)
    if name != "vit_multi_vitT_pascal" && name != "vit_multi_vitS_nyud" {
      try expectEntries(store, matchList: "keys_\(name)")
    }
    FillFormula.fill(store)
    let image = FillFormula.image(reference["input_key"].string, shape)
    image.requiresGradient = true
    let features = encoder.maps(image, .evaluation)
    let outputs = heads.map { $0(features, size: (shape[2], shape[3]), .evaluation) }
    if reference.has("losses") { expectLosses(reference, tasks, outputs) }
    expectNetwork(store, reference, image: image, outputs: Array(paired(tasks, outputs)))
  }

  /// The losses on targets made by formula.
  private func expectLosses(_ reference: Reference, _ tasks: [String], _ outputs: [Tensor]) {
    for (task, output) in paired(tasks, outputs) where reference["losses"].has(task) {
      let (batch, height, width) = (output.shape[0], output.shape[2], output.shape[3])
      let pixels = batch * height * width
      let isVoid = FillFormula.unit("void.\(task)", count: pixels).map { $0 > 0.8 }
      let found: Double
      switch task {
      case "semseg", "human_parts":
        let t = FillFormula.unit("target.\(task)", count: pixels)
        let labels = zip(t, isVoid).map { $1 ? 255 : Int((($0 + 1) / 2 * Double(output.shape[1])).rounded(.down)) }
        found = CrossEntropy()(output, Labels(marked: Tensor(labels, shape: [batch, height, width]))).item
      case "depth":
        let t = FillFormula.unit("target.depth", count: pixels)
        let depths = zip(t, isVoid).map { $1 ? 255 : Float(5 + 4 * $0) }
        found = MaskedL1()(output, Labels(marked: Tensor(depths, shape: [batch, 1, height, width]))).item
      case "normals":
        found = NormalsL1()(output, Labels(marked: normals(batch, height, width, isVoid), wholePixels: true)).item
      case "edge":
        let t = FillFormula.unit("target.edge", count: pixels)
        let edges = zip(t, isVoid).map { $1 ? 255 : Float($0 > 0.6 ? 1 : 0) }
        found =
          BalancedBinaryCrossEntropy(positiveWeight: .fixed(0.95))(
            output, Labels(marked: Tensor(edges, shape: [batch, 1, height, width]))
          ).item
      default:
        let t = FillFormula.unit("target.sal", count: pixels)
        let labels = zip(t, isVoid).map { $1 ? 255 : ($0 > 0.2 ? 1 : 0) }
        found = BalancedCrossEntropy()(output, Labels(marked: Tensor(labels, shape: [batch, height, width]))).item
      }
      let record = reference["losses"][task].value
      let expected = (record as? NSNumber)?.doubleValue ?? Reference(record)["value"].double
      #expect(abs(found - expected) < 2e-5 * max(1, abs(expected)), "loss of \(task): \(found), not \(expected)")
    }
  }

  private func normals(_ batch: Int, _ height: Int, _ width: Int, _ isVoid: [Bool]) -> Tensor {
    let plane = height * width
    let t = FillFormula.unit("target.normals", count: batch * 3 * plane)
    var values = [Float](repeating: 255, count: t.count)
    for sample in 0..<batch {
      for pixel in 0..<plane where !isVoid[sample * plane + pixel] {
        let vector = (0..<3).map { t[(sample * 3 + $0) * plane + pixel] }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for axis in 0..<3 { values[(sample * 3 + axis) * plane + pixel] = Float(vector[axis] / length) }
      }
    }
    return Tensor(values, shape: [batch, 3, height, width])
  }

  @Test func dilatedResNetWithASPP() throws {
    let name = "multitask_resnet18_deeplab_nyud"
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let tasks = reference["tasks"].array.map(\.string)
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: EncoderRegistry.shared.entry("resnet18_dilated")!, decoder: ASPPHead.entry,
        outputs: tasks.map { TaskOutput(task: $0, channels: Self.channels[$0]!) },
        request: EncoderRequest(imageHeight: shape[2], imageWidth: shape[3])), seed: 0)
    #expect(network.store.parameterCount == reference["parameters"].int)
    try expectEntries(network.store, matchList: "keys_\(name)")
    FillFormula.fill(network.store)
    let image = FillFormula.image(reference["input_key"].string, shape)
    image.requiresGradient = true
    let features = network.features(image, for: [0], .evaluation)
    for (index, feature) in features.maps(of: 0).enumerated() {
      expect(
        feature, matches: reference["intermediate"]["backbone.layer\(index + 1)"], "layer\(index + 1)", tolerance: 3)
    }
    let outputs = network.predictions(of: [0, 1, 2, 3], from: features, size: (shape[2], shape[3]), .evaluation)
    expectNetwork(
      network.store, reference, image: image, outputs: Array(paired(tasks, outputs.map(\.output))))
  }

  /// SegNet's variants: what the heads are called, what is done to their outputs, what convolutions are called.
  struct SegNetCase: Sendable, CustomTestStringConvertible {
    let name: String
    let heads: [String]
    let channels: [Int]
    /// Parameters of the code that its network does not use: uncertainty weights.
    var unused = 3
    let transforms: [@Sendable (Tensor) -> Tensor]
    var rename: @Sendable (String) -> String = { $0 }
    var testDescription: String { name }
  }

  /// Recon's code has lists of branches, here of one each.
  private static let inBranches: @Sendable (String) -> String = { name in
    var parts = name.split(separator: ".").map(String.init)
    let isHead = parts[0].hasSuffix("_pred")
    let layer = parts.remove(at: parts.count - 2)
    let kind = isHead ? "conv\(Int(layer)! + 1)" : layer == "0" ? "conv1" : "bn1"
    parts.insert(contentsOf: [kind, "m_list", "0"], at: parts.count - 1)
    return parts.joined(separator: ".")
  }

  @Test(arguments: [
    SegNetCase(
      name: "segnet_split_nyuv2", heads: ["pred_task1", "pred_task2", "pred_task3"], channels: [13, 1, 3],
      transforms: [
        { $0.logSoftmax(axis: 1) }, { $0 }, { $0 / $0.squared().sum(axes: [1], keepingAxes: true).sqrt() },
      ]),
    SegNetCase(
      name: "segnet_single_cityscapes", heads: ["pred_task"], channels: [7], unused: 0,
      transforms: [{ $0.logSoftmax(axis: 1) }]),
    SegNetCase(
      name: "segnet_recon_shared", heads: ["semantic_pred", "depth_pred"], channels: [7, 1],
      transforms: [{ $0 }, { $0 }], rename: inBranches),
  ])
  func segNet(_ kind: SegNetCase) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(kind.name).json"))
    let shape = reference["input_shape"].ints
    let tasks = reference["tasks"].array.map(\.string)
    let store = ParameterStore(seed: 0)
    let encoder = SegNet(store.root)
    let heads = paired(kind.heads, kind.channels).map { name, channels in
      PlainHead(store.root[name], inputs: encoder.featureChannels[0], channels: channels)
    }
    store.layOut()
    try expectEntries(store, matchList: "keys_\(kind.name)", unused: ["logsigma"], rename: kind.rename)
    #expect(store.parameterCount + kind.unused == reference["parameters"].int)
    FillFormula.fill(store, rename: kind.rename)
    let image = FillFormula.image(reference["input_key"].string, shape)
    image.requiresGradient = true
    let features = encoder.maps(image, .evaluation)
    if reference.has("intermediate") {
      expect(features[0], matches: reference["intermediate"]["conv_block_dec.0"], "last stage", tolerance: 3)
    }
    let outputs = paired(heads, kind.transforms).map { head, transform in
      transform(head(features, size: (shape[2], shape[3]), .evaluation))
    }
    expectNetwork(store, reference, image: image, outputs: Array(paired(tasks, outputs)), rename: kind.rename)
  }

  @Test func pyramidAlone() throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("deeplab_head.json"))
    let shape = reference["input_shape"].ints
    let store = ParameterStore(seed: 0)
    let head = ASPPHead(store.root, inputs: shape[1], channels: 21)
    store.layOut()
    FillFormula.fill(store)
    let input = FillFormula.image("input", shape)
    input.requiresGradient = true
    expectNetwork(store, reference, image: input, outputs: [("output", head.logits(input, .evaluation))])
  }
}
