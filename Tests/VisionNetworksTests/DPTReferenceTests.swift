import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct DPTReferenceTests {
  /// Our names are those of the public code below the encoder and the task's head.
  private func publicName(_ name: String) -> String {
    name.hasPrefix("backbone.") ? "pretrained.model." + name.dropFirst(9) : String(name.dropFirst("heads.task.".count))
  }

  @Test(arguments: ["dpt_vitB_depth", "dpt_vitB_segmentation", "dpt_vitB_depth_ignore", "dpt_vitS_depth"])
  func densePrediction(_ name: String) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let shape = reference["input_shape"].ints
    let isSegmentation = reference["use_bn"].bool
    var encoderConfiguration: VisionTransformer.Configuration = name.contains("vitS") ? .small : .base
    encoderConfiguration.imageHeight = 384
    encoderConfiguration.imageWidth = 384
    encoderConfiguration.positionResizing = .bilinear
    encoderConfiguration.readout = .rawTokens
    let store = ParameterStore(seed: 0)
    let encoder = VisionTransformer(store.root["backbone"], encoderConfiguration)
    let entry = try (isSegmentation ? DPTHead.entry : DPTHead.depthEntry).with([
      "features": .number(reference["features"].double), "readout": .text(reference["readout"].string),
    ])
    let decoders = entry.make(
      store.root.in(stage: .head),
      DecoderRequest(of: encoder, [TaskOutput(task: "task", channels: isSegmentation ? 40 : 1)], reference))
    store.layOut()
    // The transformer's classifier of 1000 classes is not used.
    let width = encoderConfiguration.width
    #expect(store.parameterCount + 1000 * (width + 1) == reference["parameters"].int)
    try expectEntries(
      store, matchList: "keys_\(name)", unused: ["pretrained.model.head.weight", "pretrained.model.head.bias"],
      rename: publicName)
    FillFormula.fill(store, rename: publicName)
    let image = FillFormula.image(reference["input_key"].string, shape)
    let features = encoder.maps(image, .evaluation)
    if reference.has("intermediate") {
      expect(features[0], matches: reference["intermediate"]["pretrained.model.blocks.2"], "block 2")
    }
    let prediction = decoders(.shared(features), for: [0], size: (shape[2], shape[3]), .evaluation)[0].output
    // The public depth model leaves out the axis of its one channel.
    let output = isSegmentation ? prediction : prediction.squeezingAxis(1)
    expectNetwork(store, reference, image: image, outputs: [("output", output)], rename: publicName)
  }

  private func head(_ settings: [String: MethodSetting], isDepth: Bool = false) throws -> Tensor {
    let store = ParameterStore(seed: 3)
    let decoders = try (isDepth ? DPTHead.depthEntry : DPTHead.entry).with(settings).make(
      store.root,
      DecoderRequest(
        featureChannels: [8, 8, 8, 8], featureStrides: [8, 8, 8, 8], outputs: [TaskOutput(task: "a", channels: 2)],
        imageSize: (16, 32)))
    let generator = RandomGenerator(seed: 4)
    let tokens = (0..<4).map { _ in generator.normal([1, 9, 8]) }
    return decoders(.shared(tokens), for: [0], size: (16, 32), .evaluation)[0].output
  }

  @Test func parametersOfTheEntry() throws {
    #expect(DPTHead.entry.parameters.map(\.name) == ["features", "readout"])
    for readout in ClassTokenReadout.allCases {
      #expect(try head(["features": .number(6), "readout": .text(readout.rawValue)]).shape == [1, 2, 16, 32])
    }
    let (ignoring, adding) = (
      try head(["features": .number(6), "readout": .text("ignore")]),
      try head(["features": .number(6), "readout": .text("add")])
    )
    #expect((ignoring - adding).abs().max().item > 1e-3)
    #expect(try head(["features": .number(6)], isDepth: true).min().item < 0)
    #expect(try head(["features": .number(6), "nonNegative": .text("true")], isDepth: true).min().item >= 0)
    #expect { try DPTHead.entry.with(["feature": .number(6)]) } throws: { "\($0)".contains("features") }
    #expect { try DPTHead.entry.with(["readout": .text("cls")]) } throws: { "\($0)".contains("ignore, add, project") }
  }
}
