import MultitaskLearning
import NeuralNetworks

extension DPTHead {
  /// The entry `dpt` of ``DecoderRegistry``, whose predictions have the form of segmentation.
  public static let entry = entry(
    "dpt", .segmentation, "A dense prediction transformer's decoder over raw tokens, in the form of segmentation.")

  /// The entry `dpt-depth` of ``DecoderRegistry``, whose predictions have the form of depth.
  public static let depthEntry = entry(
    "dpt-depth", .depth, "A dense prediction transformer's decoder over raw tokens, in the form of depth.",
    parameters: [
      MethodParameter("nonNegative", .boolean, default: .text("false"), "whether predictions end with a ReLU")
    ]
  ) { $0.isNonNegative = $1.boolean("nonNegative") }

  private static func entry(
    _ name: String, _ prediction: Configuration.Prediction, _ summary: String, parameters: [MethodParameter] = [],
    _ complete: @escaping @Sendable (inout Configuration, MethodSettings) -> Void = { _, _ in }
  ) -> DecoderEntry {
    DecoderEntry(
      name, summary: summary, paper: "Vision Transformers for Dense Prediction, ICCV 2021",
      traits: DecoderTraits(requirements: [.tokens], gridMultiple: 2, readout: .rawTokens),
      parameters: [
        MethodParameter(
          "features", .integer(2...8192), default: .number(256),
          "the channels of the fused maps, of which the task-gates paper has 64"),
        MethodParameter(
          "readout", .choice(ClassTokenReadout.allCases.map(\.rawValue)), default: .text("project"),
          "the way in which the class token is used"),
      ] + parameters
    ) { settings in
      var configuration = Configuration()
      configuration.prediction = prediction
      configuration.features = settings.integer("features")
      configuration.readout = settings.choice("readout")
      complete(&configuration, settings)
      return factory(configuration)
    }
  }

  private static func factory(_ configuration: Configuration) -> DecoderEntry.Factory {
    { root, request in
      IndependentDecoders(
        request.outputs.map { output in
          DPTHead(
            root["heads", output.task].reached(by: .task(output.task)), width: request.featureChannels[0],
            patch: request.featureStrides[0], channels: output.channels, configuration)
        })
    }
  }
}
