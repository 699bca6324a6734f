import MultitaskLearning
import VisionNetworks

// What the parts of a configuration's network and method ask of each other.
extension Configuration {
  func checkNetwork() throws {
    let plan = try networkParts
    let (encoder, traits) = (plan.encoder, plan.encoder.traits)
    let training = data.cropHeight > 0 ? (data.cropHeight, data.cropWidth) : (data.height, data.width)
    let multiple = NetworkPlan.sizeMultiple(of: encoder, with: plan.decoder)
    let name = multiple == traits.sizeMultiple ? encoder.name : "\(encoder.name) with the decoder \(plan.decoder.name)"
    for (height, width) in [training, (data.height, data.width)] {
      guard height % multiple == 0, width % multiple == 0 else {
        throw ConfigurationError(
          "images of \(height)×\(width) do not fit \(name): both sides have to be multiples of \(multiple)")
      }
    }
    guard !traits.takesOneSize || training == (data.height, data.width) else {
      throw ConfigurationError(
        "\(encoder.name) takes images of one size: data.cropHeight and data.cropWidth have to be 0, or those of data.height and data.width"
      )
    }
    guard traits.has(.stochasticDepth) || network.dropPath == 0 else {
      throw ConfigurationError("network.dropPath is for transformers, but the encoder is \(encoder.name)")
    }
    try NetworkPlan.check(plan.decoder.traits.requirements, of: "the decoder \(plan.decoder.name)", on: encoder)
    try NetworkPlan.check(plan.sharing, named: "network.sharing: \(network.sharing.name)", of: encoder)
    let parting =
      traits.has(.taskFeatures) ? "network.encoder: \(encoder.name)" : "network.sharing: \(network.sharing.name)"
    guard !(plan.sharing.partsStreams || traits.has(.taskFeatures)) || method.level == .parameters else {
      throw ConfigurationError(
        "with \(parting), each task has features of its own, so that method.level has to be parameters")
    }
    try checkNormalization(plan, training)
  }

  /// Batch normalization needs more than one value for each channel.
  private func checkNormalization(_ plan: NetworkParts, _ size: (height: Int, width: Int)) throws {
    let samples = min(training.batchSize, data.trainingCount)
    if plan.decoder.traits.has(.batchOfImages), samples == 1 {
      throw ConfigurationError(
        "the decoder \(plan.decoder.name) normalizes over the batch: training.batchSize and data.trainingCount have to be at least 2"
      )
    }
    let multiple = plan.encoder.traits.sizeMultiple
    let places = (size.height / multiple) * (size.width / multiple)
    guard !plan.encoder.traits.has(.batchNormalization) || samples * places > 1 else {
      throw ConfigurationError(
        "\(plan.encoder.name) normalizes over the batch: images of \(size.height)×\(size.width) need training.batchSize and data.trainingCount of at least 2"
      )
    }
  }

  func checkMethod() throws {
    let method = try makeMethod()
    let parts = try networkParts
    guard !method.weighting.observesPerformance || (1..<training.steps).contains(training.evaluateEvery)
    else {
      throw ConfigurationError(
        "\(self.method.weighting.name) learns from the metrics of evaluations: training.evaluateEvery has to be above 0 and below training.steps"
      )
    }
    guard !method.schedule.needsNormalizedConvolutions || !method.adaptation.needsTransformer else {
      throw ConfigurationError(
        "\(self.method.schedule.name) works on shared convolutions, \(self.method.adaptation.name) on a transformer's tokens: no network has both"
      )
    }
    guard !method.schedule.needsNormalizedConvolutions || parts.sharing.normalizesByTask else {
      throw ConfigurationError(
        "\(self.method.schedule.name) needs batch normalizations for each task: --set network.sharing=task-normalization"
      )
    }
    guard !method.adaptation.needsTransformer || parts.encoder.traits.has(.tokens) else {
      throw ConfigurationError(
        "\(self.method.adaptation.name) works on tokens: network.encoder has to be a transformer, such as vit-tiny, not \(network.encoder)"
      )
    }
  }
}
