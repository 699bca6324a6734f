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
