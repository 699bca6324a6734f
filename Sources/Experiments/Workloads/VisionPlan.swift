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
  /// The earlier runs that the network starts from; nil if there are none.
  let start: NetworkStart?
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
    bindings = try level.bindings(
      of: tasks, LossChoice(normals: configuration.training.normalsLoss, family: configuration.training.lossFamily),
      workload: workload)
    network = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(choices.encoder),
      sharing: try SharingRegistry.shared.require(choices.sharing.name)
        .make(choices.sharing.settings, tasks: resolved.tasks, totalSteps: configuration.training.steps),
      decoder: try DecoderRegistry.shared.require(choices.decoder.name).with(choices.decoder.settings),
      outputs: bindings.map(\.output),
      request: EncoderRequest(
        imageHeight: samples.trainingSize.height, imageWidth: samples.trainingSize.width,
        imageChannels: samples.channels.count, dropPath: choices.dropPath))
    weights = try choices.weights.map { path in
      let url = URL(fileURLWithPath: path)
      guard FileManager.default.fileExists(atPath: path) else { throw FileError(url, "does not exist") }
      return url
    }
    start =
      choices.start.isEmpty
      ? nil
      : try NetworkStart(
        choices.start, tasks: resolved.tasks, encoder: network.encoder, channels: samples.channels)
    try checkNetwork()
    try checkMethod()
    try level.check(network.decoder, workload: workload)
    try requireStatistics(sampleCount: configuration.data.trainingCount)
  }

  var tasks: [VisionTask] { bindings.map(\.task) }

  /// Builds the network, with pretrained weights and what earlier runs have learned if there are some.
  ///
  /// - Throws: `FileError`, `LoadError`, `NetworkError` or ``ConfigurationError`` for weights that do not fit.
  func makeNetwork() throws -> MultitaskNetwork {
    let made = MultitaskNetwork(network, seed: resolved.configuration.run.seed, device: resolved.device)
    if let weights { try load(weights, into: made) }
    try start?.load(into: made, hasWeights: weights != nil)
    try made.checkGates()
    try resolved.optimizer.checkFreezing(of: made.freezingParameters)
    return made
  }

  private func load(_ weights: URL, into made: MultitaskNetwork) throws {
    let isRun = (try? weights.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    let file =
      try isRun
      ? StartRun(weights.path, of: network.encoder, channels: samples.channels, field: "network.weights").encoder
      : SafetensorsFile(contentsOf: weights)
    do { try made.loadEncoder(file) } catch let error as LoadError {
      guard samples.channels.depthChannel != nil else { throw error }
      throw ConfigurationError(
        "network.weights has to hold an encoder of \(samples.channels.count) channels, as data.channels is \(samples.channels.rawValue): \(error)"
      )
    }
  }

  /// Finds a network that cannot be trained in this machine's memory.
  ///
  /// - Throws: ``ConfigurationError`` that says how much is needed.
  func requireMemory() throws {
    guard resolved.device == .cpu else { return }
    // The values and the gradient, and what the optimizer keeps.
    let copies = 2 + resolved.configuration.optimizer.name.statesPerParameter
    try TrainingMemory(network, batchSize: samples.batchSize, copies: copies).check()
  }

  /// Finds a cost that pruning cannot reach, without the network's values.
  ///
  /// - Throws: `NetworkError` that says what is possible.
  func checkGates() throws {
    guard network.sharing.wantsCost else { return }
    try MultitaskNetwork(network, seed: 0, device: .meta).checkGates()
  }

  /// Counts the network for images of a size, which defaults to that of evaluations.
  func cost(height: Int?, width: Int?) throws -> NetworkCost {
    let size = (height: height ?? samples.size.height, width: width ?? samples.size.width)
    var plan = network
    if plan.takesOneSize {
      plan.request.imageHeight = size.height
      plan.request.imageWidth = size.width
    }
    try plan.check(height: size.height, width: size.width)
    return try NetworkCost(
      of: MultitaskNetwork(plan, seed: 0, device: .meta), height: size.height, width: size.width)
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
      try network.check(height: height, width: width)
    }
    guard encoder.traits.has(.stochasticDepth) || choices.dropPath == 0 else {
      throw ConfigurationError("network.dropPath is for transformers, but the encoder is \(encoder.name)")
    }
    try NetworkPlan.check(network.sharing, named: "network.sharing: \(choices.sharing.name)", of: encoder)
    try NetworkPlan.check(decoder.traits.requirements, of: "network.decoder: \(decoder.name)", on: encoder)
    try NetworkPlan.check(
      network.sharing, named: "network.sharing: \(choices.sharing.name)", reading: decoder,
      named: "\(choices.decoder)")
    try network.check()
    guard !network.sharing.partsStreams || resolved.method.level == .parameters else {
      throw ConfigurationError(
        "with network.sharing: \(choices.sharing.name), each task has features of its own, so that method.level has to be parameters"
      )
    }
    guard !network.sharing.takesOneSize || samples.trainingSize == samples.size else {
      throw ConfigurationError(
        "with network.sharing: \(choices.sharing.name), gates look at images of one size, but the network is trained on crops of \(samples.trainingSize.height)×\(samples.trainingSize.width) and evaluated on images of \(samples.size.height)×\(samples.size.width): leave data.cropHeight and data.cropWidth out"
      )
    }
    let seesFeatureGradients = resolved.method.level == .features && resolved.method.needsEachGradient
    guard !network.sharing.learnsFromFeatureGradients || seesFeatureGradients else {
      throw ConfigurationError(
        "network.sharing: \(choices.sharing.name) learns from each task's gradient with respect to the features: method.level has to be features, with an aggregator that looks at each gradient, such as rotograd"
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
