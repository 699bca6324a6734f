import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

extension VisionTransformer.Configuration {
  /// The transformer of a record of the reference.
  init(_ reference: Reference) {
    let (vit, shape) = (reference["vit"], reference["input_shape"].ints)
    self.init(
      patch: vit["patch_size"].int, width: vit["embed_dim"].int, depth: vit["depth"].int, heads: vit["num_heads"].int,
      imageHeight: shape[2], imageWidth: shape[3])
  }
}

/// Decoders of transformers beside numbers of public implementations.
@Suite(.serialized) struct TransformerDecoderReferenceTests {
  @Test(arguments: [
    "vit_multi_micro_nyud", "vit_last_micro_nyud", "vit_multi_vitT_nyud", "vit_multi_vitT_pascal",
    "vit_multi_vitT_taskonomy", "vit_multi_vitS_nyud", "vit_multi_vitB_nyud",
  ])
  func oneByOneConvolutions(_ name: String) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let store = ParameterStore(seed: 0)
    let encoder = VisionTransformer(store.root["backbone"], VisionTransformer.Configuration(reference))
    #expect(encoder.selectedBlocks.map { $0 + 1 } == reference["vit"]["select_list"].ints)
    let tasks = reference["tasks"].array.map(\.string)
    let heads = tasks.map { task -> any Decoder in
      let path = store.root["heads", task].reached(by: .task(task))
      let (inputs, channels) = (encoder.featureChannels, reference["outputs"][task]["shape"].ints[1])
      return name.hasPrefix("vit_multi")
        ? MultiScaleHead(path, inputs: inputs, channels: channels)
        : LastMapHead(path, inputs: inputs[3], channels: channels)
    }
    store.layOut()
    #expect(store.parameterCount == reference["parameters"].int)
    try expectEntries(store, matchList: "keys_\(name)")
    FillFormula.fill(store)
    let image = FillFormula.image(reference["input_key"].string, shape)
    image.requiresGradient = true
    let features = encoder.maps(image, .evaluation)
    let outputs = heads.map { $0(features, size: (shape[2], shape[3]), .evaluation) }
    if reference.has("losses") { expectLosses(reference, tasks, outputs) }
    expectNetwork(store, reference, image: image, outputs: Array(paired(tasks, outputs)))
  }

  @Test(arguments: ["invpt_micro_nyud", "invpt_micro_pascal", "invpt_vitB_nyud"])
  func invertedPyramid(_ name: String) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let store = ParameterStore(seed: 0)
    let encoder = VisionTransformer(store.root["backbone"], VisionTransformer.Configuration(reference))
    let tasks = reference["tasks"].array.map(\.string)
    let widths = reference["decoder"]
    let decoders = try InvPTDecoders.entry.with([
      "width": .number(widths["embed_dim"].double),
      "extraChannels": .number(widths["PRED_OUT_NUM_CONSTANT"].double),
    ]).make(
      store.root.in(stage: .head),
      DecoderRequest(
        of: encoder, tasks.map { TaskOutput(task: $0, channels: reference["outputs"][$0]["shape"].ints[1]) }, reference)
    )
    store.layOut()
    #expect(store.parameterCount == reference["parameters"].int)
    try expectEntries(store, matchList: "keys_\(name)")
    FillFormula.fill(store)
    let image = FillFormula.image(reference["input_key"].string, shape)
    let predictions = decoders(
      .shared(encoder.maps(image, .evaluation)), for: Array(tasks.indices), size: (shape[2], shape[3]), .evaluation)
    let outputs = predictions.map(\.output)
    let auxiliary = predictions.flatMap(\.auxiliary)
    #expect(auxiliary.allSatisfy { $0.weight == 1 && $0.name == "inter_preds" })
    if reference.has("losses") {
      expectLosses(reference, tasks, outputs)
      expectLosses(reference, prefix: "inter_", tasks, auxiliary.map(\.output))
    }
    let named =
      paired(tasks, outputs).map { ($0, $1) } + paired(tasks, auxiliary).map { ("inter_preds.\($0)", $1.output) }
    #expect(Set(named.map(\.0)) == Set(reference["outputs"].keys))
    expectNetwork(store, reference, image: image, outputs: named)
  }

  @Test func smallTransformersOfBothCodesDifferInTheirHeads() {
    let entries = ["vit-small", "vit-small-heads12"].map { EncoderRegistry.shared.entry($0)! }
    let stores = entries.map { entry in
      let store = ParameterStore(seed: 0)
      _ = entry.make(store.root, EncoderRequest(imageHeight: 224, imageWidth: 224))
      return store
    }
    #expect(stores[0].state.map(\.name) == stores[1].state.map(\.name))
    #expect(stores.map(\.parameterCount) == [21_665_664, 21_665_664])
  }
}
