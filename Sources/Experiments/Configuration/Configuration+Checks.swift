import Foundation
import MultitaskLearning
import NeuralNetworks
import Torch
import VisionData
import VisionNetworks

extension Configuration {
  /// Finds what contradicts itself, before anything is built.
  ///
  /// - Throws: ``ConfigurationError``, ``MethodError`` or ``TorchError`` that says what would be right.
  public func check(availableTasks: [VisionTask]) throws {
    guard !data.tasks.isEmpty else { throw ConfigurationError("data.tasks is empty: at least one task is needed") }
    for task in data.tasks where !availableTasks.contains(where: { $0.name == task }) {
      throw ConfigurationError("data.tasks: " + unknownName("task", task, among: availableTasks.map(\.name)))
    }
    if let twice = data.tasks.first(where: { task in data.tasks.count { $0 == task } > 1 }) {
      throw ConfigurationError("data.tasks names '\(twice)' twice")
    }
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
    guard optimizer.warmUpSteps < training.steps else {
      throw ConfigurationError(
        "optimizer.warmUpSteps (\(optimizer.warmUpSteps)) leaves nothing of training.steps (\(training.steps))")
    }
    guard data.folder != nil || data.validationFolder == nil else {
      throw ConfigurationError("data.validationFolder without data.folder: training would be on the embedded scenes")
    }
    try checkSizes()
    let method = try makeMethod()
    guard !method.schedule.needsNormalizedConvolutions || !method.adaptation.needsTransformer else {
      throw ConfigurationError(
        "\(self.method.schedule.name) works on shared convolutions, \(self.method.adaptation.name) on a transformer's tokens: no network has both"
      )
    }
    guard !method.schedule.needsNormalizedConvolutions || network.normalization == "task" else {
      throw ConfigurationError(
        "\(self.method.schedule.name) needs batch normalizations for each task: --set network.normalization=task")
    }
    if method.adaptation.needsTransformer, EncoderRegistry.entry(network.encoder)?.isTransformer != true {
      throw ConfigurationError(
        "\(self.method.adaptation.name) works on tokens: network.encoder has to be a transformer, such as vit-tiny, not \(network.encoder)"
      )
    }
    _ = try Device(parsing: run.device)
  }

  private func checkSizes() throws {
    guard let encoder = EncoderRegistry.entry(network.encoder) else {
      throw ConfigurationError(unknownName("encoder", network.encoder, among: EncoderRegistry.names))
    }
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
    guard network.normalization == "shared" || encoder.hasBatchNormalization else {
      throw ConfigurationError(
        "network.normalization is task, but \(encoder.name) has no batch normalization: that is for ResNets and segnet")
    }
    guard network.normalization == "shared" || method.level == GradientLevel.parameters.rawValue else {
      throw ConfigurationError(
        "network.normalization is task: no features are shared then, so that method.level has to be parameters")
    }
    try checkNormalization(encoder, training)
  }

  /// Batch normalization needs more than one value for each channel.
  private func checkNormalization(_ encoder: EncoderEntry, _ size: (height: Int, width: Int)) throws {
    let samples = min(training.batchSize, data.trainingCount)
    if network.decoder == DecoderKind.aspp.rawValue, samples == 1 {
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

  /// - Throws: ``MethodError`` for a method or parameter that does not exist, or a value that is not allowed.
  public func makeMethod() throws -> MultitaskMethod {
    let method = MultitaskMethod(
      weighting: try MethodRegistry.weighting(self.method.weighting.name)
        .make(self.method.weighting.settings, tasks: data.tasks),
      aggregator: try MethodRegistry.aggregator(self.method.aggregator.name)
        .make(self.method.aggregator.settings, tasks: data.tasks),
      schedule: try MethodRegistry.schedule(self.method.schedule.name)
        .make(self.method.schedule.settings, tasks: data.tasks, totalSteps: training.steps),
      adaptation: try MethodRegistry.adaptation(self.method.adaptation.name)
        .make(self.method.adaptation.settings, tasks: data.tasks, totalSteps: training.steps),
      level: GradientLevel(rawValue: self.method.level)!, seed: run.seed)
    try method.checkComposition(
      names: Dictionary(uniqueKeysWithValues: MethodKind.allCases.map { ($0, self.method[$0].name) }))
    return method
  }

  func makeOptimizer() -> any Optimizer {
    switch optimizer.name {
    case "sgd": SGD(momentum: optimizer.momentum, weightDecay: optimizer.weightDecay)
    case "adamw": Adam(weightDecay: optimizer.weightDecay, weightDecayKind: .decoupled)
    default: Adam(weightDecay: optimizer.weightDecay)
    }
  }

  var learningRateSchedule: LearningRateSchedule {
    let shape: LearningRateSchedule.Shape =
      switch optimizer.schedule {
      case "polynomial": .polynomial(power: optimizer.power)
      case "cosine": .cosine
      case "multi-step": .multiStep(milestones: optimizer.milestones, factor: optimizer.decay)
      default: .constant
      }
    return LearningRateSchedule(shape, warmUpSteps: optimizer.warmUpSteps, totalSteps: training.steps)
  }
}

extension Configuration {
  /// The same with paths that hold in every working directory.
  var withAbsolutePaths: Configuration {
    var copy = self
    func absolute(_ path: String?) -> String? { path.map { URL(fileURLWithPath: $0).path } }
    copy.data.folder = absolute(data.folder)
    copy.data.validationFolder = absolute(data.validationFolder)
    copy.network.weights = absolute(network.weights)
    return copy
  }

  /// Takes a method as a person types it, `uw+pcgrad`: names in any order, each a weighting, an aggregator, a
  /// schedule or an adaptation.
  ///
  /// - Throws: ``MethodError`` for a name that no method has.
  public mutating func apply(method text: String) throws {
    var names: [MethodKind: String] = [:]
    for name in try MethodRegistry.names(joinedIn: text) {
      let kind = try MethodRegistry.kind(of: name)
      if let other = names.updateValue(name, forKey: kind) {
        throw MethodError("'\(other)' and '\(name)' are both a \(kind.title): a method has one")
      }
      method[kind] = MethodChoice(name)
    }
  }
}

extension Configuration.Method {
  subscript(kind: MethodKind) -> MethodChoice {
    get {
      switch kind {
      case .weighting: weighting
      case .aggregator: aggregator
      case .schedule: schedule
      case .adaptation: adaptation
      }
    }
    set {
      switch kind {
      case .weighting: weighting = newValue
      case .aggregator: aggregator = newValue
      case .schedule: schedule = newValue
      case .adaptation: adaptation = newValue
      }
    }
  }
}
