import MultitaskLearning
import Support
import Torch
import VisionData
import VisionNetworks

extension Configuration {
  /// Finds what is not allowed or contradicts itself, before anything is built, whether the configuration was read from
  /// a file or made in code.
  ///
  /// - Throws: ``ConfigurationError``, ``MethodError`` or ``TorchError`` that says what would be right.
  public func check(availableTasks: [VisionTask]) throws {
    try checkFields()
    try checkTasks(availableTasks)
    try checkData()
    guard optimizer.warmUpSteps < training.steps else {
      throw ConfigurationError(
        "optimizer.warmUpSteps (\(optimizer.warmUpSteps)) leaves nothing of training.steps (\(training.steps))")
    }
    try checkNetwork()
    try checkMethod()
    _ = try Device(parsing: run.device)
  }

  /// Finds values that their fields do not allow.
  ///
  /// - Throws: ``ConfigurationError`` that names the field, its value, and what would be right.
  func checkFields() throws {
    for section in ConfigurationSection.all { try section.check(self) }
  }

  /// - Throws: ``ConfigurationError`` with the nearest name.
  var encoderEntry: EncoderEntry {
    get throws {
      guard let encoder = EncoderRegistry.entry(network.encoder) else {
        throw ConfigurationError(unknownName("encoder", network.encoder, among: EncoderRegistry.names))
      }
      return encoder
    }
  }

  // MARK: Data

  private func checkTasks(_ available: [VisionTask]) throws {
    guard !data.tasks.isEmpty else { throw ConfigurationError("data.tasks is empty: at least one task is needed") }
    for task in data.tasks where !available.contains(where: { $0.name == task }) {
      throw ConfigurationError("data.tasks: " + unknownName("task", task, among: available.map(\.name)))
    }
    if let other = available.first(where: { data.tasks.contains($0.name) && !$0.isDense }) {
      throw ConfigurationError(
        "data.tasks: '\(other.name)' is not about pixels, and networks predict maps of pixels alone so far: it has to be left out"
      )
    }
    if let twice = data.tasks.first(where: { task in data.tasks.count { $0 == task } > 1 }) {
      throw ConfigurationError("data.tasks names '\(excerpt(twice))' twice")
    }
  }

  private func checkData() throws {
    guard data.scale.count == 2, data.scale[0] <= data.scale[1] else {
      throw ConfigurationError("data.scale is \(data.scale), but has to be [smallest, largest]")
    }
    let hasCrop = data.cropHeight > 0 || data.cropWidth > 0
    guard !hasCrop || (data.cropHeight > 0 && data.cropWidth > 0) else {
      throw ConfigurationError("data.cropHeight and data.cropWidth contradict each other: both are 0, or neither")
    }
    guard data.scale == [1, 1] || hasCrop else {
      throw ConfigurationError(
        "data.scale changes the pictures' sizes, so that data.cropHeight and data.cropWidth are needed")
    }
    guard data.folder != nil || data.validationFolder == nil else {
      throw ConfigurationError("data.validationFolder without data.folder: training would be on the embedded scenes")
    }
    if data.folder == nil { try checkScenes() }
  }

  /// The most embedded scenes to train on: each costs memory for the order of an epoch, even before it is drawn.
  private static let largestTrainingCount = 1_000_000
  /// The most embedded scenes of an evaluation, and the most pixels that it draws: about an hour's work of one thread,
  /// without the network's.
  private static let largestValidationCount = 100_000
  private static let largestValidationPixels = 10_000_000_000

  /// There are as many scenes as are asked for, and training begins with an evaluation: what would not come to an end is
  /// refused before it begins.
  private func checkScenes() throws {
    guard data.trainingCount <= Self.largestTrainingCount else {
      throw ConfigurationError(
        "data.trainingCount is \(data.trainingCount), but of the embedded scenes at most \(Self.largestTrainingCount) are taken"
      )
    }
    let pixels = data.height * data.width
    let largest = min(Self.largestValidationCount, Self.largestValidationPixels / pixels)
    guard data.validationCount <= largest else {
      throw ConfigurationError(
        "data.validationCount is \(data.validationCount): evaluating on as many embedded scenes of \(data.height)×\(data.width) takes hours, and training begins with that; at most \(largest) are taken"
      )
    }
  }

  // MARK: Network and method

  private func checkNetwork() throws {
    let encoder = try encoderEntry
    let training = data.cropHeight > 0 ? (data.cropHeight, data.cropWidth) : (data.height, data.width)
    for (height, width) in [training, (data.height, data.width)] {
      guard height % encoder.sizeMultiple == 0, width % encoder.sizeMultiple == 0 else {
        throw ConfigurationError(
          "pictures of \(height)×\(width) do not fit \(encoder.name): both sides have to be multiples of \(encoder.sizeMultiple)"
        )
      }
    }
    guard encoder.isTransformer || network.dropPath == 0 else {
      throw ConfigurationError("network.dropPath is for transformers, but the encoder is \(encoder.name)")
    }
    guard network.normalization == .shared || encoder.hasBatchNormalization else {
      throw ConfigurationError(
        "network.normalization is task, but \(encoder.name) has no batch normalization: that is for ResNets and segnet")
    }
    guard network.normalization == .shared || method.level == .parameters else {
      throw ConfigurationError(
        "network.normalization is task: no features are shared then, so that method.level has to be parameters")
    }
    try checkNormalization(encoder, training)
  }

  /// Batch normalization needs more than one value for each channel.
  private func checkNormalization(_ encoder: EncoderEntry, _ size: (height: Int, width: Int)) throws {
    let samples = min(training.batchSize, data.trainingCount)
    if network.decoder == .aspp, samples == 1 {
      throw ConfigurationError(
        "the decoder aspp normalises over the batch: training.batchSize and data.trainingCount have to be at least 2")
    }
    let places = (size.height / encoder.sizeMultiple) * (size.width / encoder.sizeMultiple)
    guard encoder.isTransformer || samples * places > 1 else {
      throw ConfigurationError(
        "\(encoder.name) normalises over the batch: pictures of \(size.height)×\(size.width) need training.batchSize and data.trainingCount of at least 2"
      )
    }
  }

  private func checkMethod() throws {
    let method = try makeMethod()
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
    guard !method.schedule.needsNormalizedConvolutions || network.normalization == .task else {
      throw ConfigurationError(
        "\(self.method.schedule.name) needs batch normalizations for each task: --set network.normalization=task")
    }
    guard try !method.adaptation.needsTransformer || encoderEntry.isTransformer else {
      throw ConfigurationError(
        "\(self.method.adaptation.name) works on tokens: network.encoder has to be a transformer, such as vit-tiny, not \(network.encoder)"
      )
    }
  }
}
