import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct HRNetReferenceTests {
  /// timm's features, whose branches are enlarged to the nearest pixel.
  @Test(arguments: ["64x96", "224x224"]) func featuresOfTimm(_ size: String) throws {
    let record = try reference("hrnet_w18")["eval"][size]
    let store = ParameterStore(seed: 0)
    let encoder = HRNet(store.root, .w18.nearest)
    store.layOut()
    expectEntries(store, match: try keyList("keys_hrnet_w18"))
    #expect(store.parameterCount == 9_562_260)
    FillFormula.fill(store)
    withoutGradients {
      let features = encoder.namedFeatures(FillFormula.image("input", record["input"].ints), blocks: [])
      #expect(features.map(\.name) == record["out"].keys)
      for (name, feature) in features { expect(feature, matches: record["out"][name], name) }
    }
  }

  @Test func smallNetwork() throws {
    let record = try reference("hrnet18_backbone")
    let store = ParameterStore(seed: 0)
    let encoder = HRNet(store.root, .w18Small)
    store.layOut()
    expectEntries(store, match: try keyList("keys_hrnet_w18_small_v2"))
    #expect(store.parameterCount == record["parameters"].int)
    FillFormula.fill(store)
    let image = FillFormula.image(record["input_key"].string, record["input_shape"].ints)
    image.requiresGradient = true
    let maps = encoder.maps(image, .evaluation)
    #expect(maps.map { $0.shape[1] } == encoder.featureChannels)
    #expect(maps.map { image.shape[2] / $0.shape[2] } == encoder.featureStrides)
    expectNetwork(store, record, image: image, outputs: maps.enumerated().map { ("\($0)", $1) })
  }

  @Test(arguments: [
    ("multitask_hrnet18_nyud", "hrnet_w18_small_v2"), ("multitask_hrnet_w18_nyud", "hrnet_w18"),
  ])
  func concatenationHeads(_ name: String, _ encoder: String) throws {
    let record = try reference(name)
    let shape = record["input_shape"].ints
    let tasks = record["tasks"].array.map(\.string)
    let channels = ["semseg": 40, "depth": 1, "normals": 3, "edge": 1]
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require(encoder),
        decoder: try DecoderRegistry.shared.require("high-resolution"),
        outputs: tasks.map { TaskOutput(task: $0, channels: channels[$0]!) },
        request: EncoderRequest(imageHeight: shape[2], imageWidth: shape[3])), seed: 0)
    #expect(network.store.parameterCount == record["parameters"].int)
    if encoder == "hrnet_w18_small_v2" {
      let expected = try keyList("keys_hrnet_w18_small_v2", below: "backbone.").merging(keyList("keys_\(name)")) { $1 }
      expectEntries(network.store, match: expected)
    }
    FillFormula.fill(network.store)
    let image = FillFormula.image(record["input_key"].string, shape)
    image.requiresGradient = true
    let outputs = network(image, .evaluation)
    expectNetwork(network.store, record, image: image, outputs: Array(paired(tasks, outputs)))
  }
}
