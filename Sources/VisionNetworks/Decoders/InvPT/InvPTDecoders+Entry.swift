import MultitaskLearning

extension InvPTDecoders {
  /// The entry `invpt` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "invpt", summary: "An inverted pyramid of transformer stages, in which the tasks exchange features.",
    paper: "Inverted Pyramid Multi-task Transformer for Dense Scene Understanding, ECCV 2022",
    traits: DecoderTraits([.exchange], requirements: [.tokens], gridMultiple: 4),
    parameters: [
      MethodParameter(
        "width", .integer(1...8192), default: .number(512),
        "the channels of a task's features before its preliminary prediction"),
      MethodParameter(
        "extraChannels", .integer(0...8192), default: .number(64),
        "the number of channels by which the first stage is wider; with the width a multiple of 8"),
    ]
  ) { settings in
    var configuration = Configuration()
    configuration.width = settings.integer("width")
    configuration.extraChannels = settings.integer("extraChannels")
    let sum = configuration.stageWidths[0]
    guard sum % 8 == 0 else {
      throw NetworkError("invpt: 'width' and 'extraChannels' are \(sum) together, but have to be a multiple of 8")
    }
    return { [configuration] root, request in InvPTDecoders(root, request, configuration) }
  }
}
