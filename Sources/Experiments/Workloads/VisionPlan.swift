import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// What a configuration says about a network of images: its tasks, its parts, and the samples that it is trained on.
///
/// A plan exists only if the parts go together and fit the method, so that the network can be built and trained.
struct VisionPlan {
  let resolved: ResolvedConfiguration
  /// The run's tasks, in its order.
  let bindings: [TaskBinding]
  let network: NetworkPlan
  /// Pretrained weights of the encoder; nil for random ones.
  let weights: URL?
  let samples: SamplePlan

  /// - Parameters:
  ///   - level: what the tasks have to be about.
  ///   - available: what the data have ground truth for.
  /// - Throws: ``ConfigurationError``, `RegistryError`, `MethodError` or `NetworkError` for parts that do not exist, or do
  ///   not go together.
  init(_ resolved: ResolvedConfiguration, about level: PredictionLevel, available: [VisionTask]) throws {
    let configuration = resolved.configuration
    let (choices, workload) = (configuration.network, configuration.workload.name)
    self.resolved = resolved
    let tasks = try configuration.data.chosenTasks(among: available)
    samples = try SamplePlan(configuration, tasks: tasks)
    bindings = try level.bindings(of: tasks, normalsLoss: configuration.training.normalsLoss, workload: workload)
    network = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(choices.encoder),
      sharing: try SharingRegistry.shared.require(choices.sharing.name)
        .make(choices.sharing.settings, tasks: resolved.tasks, totalSteps: configuration.training.steps),
      decoder: try DecoderRegistry.shared.require(choices.decoder), outputs: bindings.map(\.output),
      request: EncoderRequest(
        imageHeight: samples.trainingSize.height, imageWidth: samples.trainingSize.width,
        imageChannels: samples.channels.count, dropPath: choices.dropPath))
    weights = choices.weights.map { URL(fileURLWithPath: $0) }
    try checkNetwork()
    try checkMethod()
    try level.check(network.decoder, workload: workload)
    try requireStatistics(sampleCount: configuration.data.trainingCount)
  }

  var tasks: [VisionTask] { bindings.map(\.task) }

  /// Builds the network, with pretrained weights if there are some.
  ///
  /// - Throws: `FileError`, `LoadError`, `NetworkError` or ``ConfigurationError`` for weights that do not fit.
  func makeNetwork() throws -> MultitaskNetwork {
    let made = MultitaskNetwork(network, seed: resolved.configuration.run.seed, device: resolved.device)
    guard let weights else { return made }
    do { try made.loadEncoder(SafetensorsFile(contentsOf: weights)) } catch let error as LoadError {
      guard samples.channels.depthChannel != nil else { throw error }
      throw ConfigurationError(
        "network.weights has to hold an encoder of \(samples.channels.count) channels, as data.channels is \(samples.channels.rawValue): \(error)"
      )
    }
    return made
  }

  /// Batch normalization needs more than one value for each channel.
  ///
  /// - Parameter sampleCount: the number of samples to train on, or the most that there may be.
  func requireStatistics(sampleCount: Int) throws {
    let samples = min(self.samples.batchSize, sampleCount)
    let remark = sampleCount == 1 ? " (there is 1 sample to train on)" : ""
    if network.decoder.traits.has(.batchOfImages), samples == 1 {
      throw ConfigurationError(
        "the decoder \(network.decoder.name) normalizes over the batch: training.batchSize and data.trainingCount have to be at least 2\(remark)"
      )
    }
    let (size, multiple) = (self.samples.trainingSize, network.encoder.traits.sizeMultiple)
    let places = (size.height / multiple) * (size.width / multiple)
    guard !network.encoder.traits.has(.batchNormalization) || samples * places > 1 else {
      throw ConfigurationError(
        "\(network.encoder.name) normalizes over the batch: images of \(size.height)×\(size.width) need training.batchSize and data.trainingCount of at least 2\(remark)"
      )
    }
  }
}

// What the parts of a network and a method ask of each other.
extension VisionPlan {
  private func checkNetwork() throws {
    let (encoder, decoder, choices) = (network.encoder, network.decoder, resolved.configuration.network)
    for (height, width) in [samples.trainingSize, samples.size] {
      guard height % network.sizeMultiple == 0, width % network.sizeMultiple == 0 else {
        let parts =
          network.sizeMultiple == encoder.traits.sizeMultiple
          ? encoder.name : "\(encoder.name) with the decoder \(decoder.name)"
        throw ConfigurationError(
          "images of \(height)×\(width) do not fit \(parts): both sides have to be multiples of \(network.sizeMultiple)"
        )
      }
    }
    guard encoder.traits.has(.stochasticDepth) || choices.dropPath == 0 else {
      throw ConfigurationError("network.dropPath is for transformers, but the encoder is \(encoder.name)")
    }
    try NetworkPlan.check(network.sharing, named: "network.sharing: \(choices.sharing.name)", of: encoder)
    try NetworkPlan.check(decoder.traits.requirements, of: "network.decoder: \(decoder.name)", on: encoder)
    try network.check()
    guard !network.sharing.partsStreams || resolved.method.level == .parameters else {
      throw ConfigurationError(
        "with network.sharing: \(choices.sharing.name), each task has features of its own, so that method.level has to be parameters"
      )
    }
    guard !encoder.traits.has(.taskFeatures) || resolved.method.level == .parameters else {
      throw ConfigurationError(
        "\(encoder.name) has features of each task, so that method.level has to be parameters")
    }
  }

  private func checkMethod() throws {
    let (method, names) = (resolved.method, resolved.configuration.method)
    guard !method.schedule.needsNormalizedConvolutions || network.sharing.normalizesByTask else {
      throw ConfigurationError(
        "\(names.schedule.name) needs batch normalizations for each task: --set network.sharing=task-normalization"
      )
    }
    guard !method.adaptation.needsTransformer || network.encoder.traits.has(.tokens) else {
      throw ConfigurationError(
        "\(names.adaptation.name) works on tokens: network.encoder has to be a transformer, such as vit-tiny, not \(resolved.configuration.network.encoder)"
      )
    }
  }
}
