import MultitaskLearning
import NeuralNetworks
import VisionData
import VisionNetworks

/// A workload of one encoder and decoders: the two kinds differ in what they predict.
protocol VisionWorkload: Workload {
  /// What the tasks are about.
  static var level: PredictionLevel { get }

  var training: VisionTraining { get }

  init(_ training: VisionTraining)
}

extension VisionWorkload {
  /// The network of encoder and decoders, with one output for each task.
  public var network: any AdaptableNetwork { training.network }
  /// What the decoders take from the encoder.
  public var featureKind: Features.Kind { training.network.featureKind }

  /// Returns a note if the cache cannot hold all samples; nil otherwise.
  public func note() throws -> String? { try training.data().cacheNote() }
  /// Opens the training data at a part of a batch, counted from 0.
  public func trainingBatches(from first: Int) throws -> any TrainingBatches {
    try training.trainingBatches(from: first)
  }
  /// Hands over batches of the training data, without augmentation.
  public func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    try training.forEachTokenBatch(sampleCount: sampleCount, body)
  }
  /// Returns the network's metrics on the validation data.
  public func evaluate() throws -> Evaluation { try training.evaluate() }
  /// Returns the trivial predictors' metrics on the validation data.
  public func evaluateTrivially() throws -> Evaluation { try training.evaluateTrivially() }
  /// Returns how well each task is done, from 0 to 1, in the order of the tasks.
  public func performance(_ evaluation: Evaluation) -> [Double]? {
    zip(training.bindings, evaluation.tasks).map { $0.performance($1.metrics) }
  }
  /// Writes the meaning of the tasks to a run's folder.
  public func keep(in folder: RunFolder) throws { try KeptTasks.write(training.tasks, to: folder) }
  /// Checks that the tasks mean what they meant in a run.
  ///
  /// - Throws: `FileError` that names what has changed.
  public func requireSame(asIn folder: RunFolder) throws { try KeptTasks.requireSame(training.tasks, asIn: folder) }
  /// Draws validation images, their ground truth and predictions for the report.
  public func drawSamples(in folder: RunFolder) throws {
    try Gallery.write(training.network, training.data(), to: folder)
  }
}

/// Makes a workload of one encoder and decoders.
struct VisionWorkloadFactory<Made: VisionWorkload>: WorkloadFactory {
  func networkName(_ configuration: Configuration) -> String { configuration.network.encoder }

  func check(_ configuration: Configuration) throws {
    let tasks = try DataSetup.availableTasks(configuration.data)
    try configuration.check(availableTasks: tasks)
    try Made.level.check(configuration, tasks)
  }

  func make(_ configuration: Configuration) throws -> any Workload {
    let data = try DataSetup(configuration, about: Made.level)
    return Made(try VisionTraining(configuration, configuration.bindings(to: data.tasks)) { data })
  }

  func restore(_ configuration: Configuration, from folder: RunFolder) throws -> any Workload {
    let tasks = try KeptTasks.read(from: folder, configuration)
    try configuration.check(availableTasks: tasks)
    try Made.level.check(configuration, tasks)
    return Made(
      try VisionTraining(configuration, configuration.bindings(to: tasks)) {
        try DataSetup(configuration, about: Made.level)
      })
  }
}

/// What predictions are about: each pixel of an image, or the image as a whole.
enum PredictionLevel {
  case pixels
  case image

  /// Finds tasks and decoders of the other level.
  ///
  /// - Throws: ``ConfigurationError`` that says which workload and decoders go with them.
  func check(_ configuration: Configuration, _ tasks: [VisionTask]) throws {
    let own = tasks.filter { configuration.data.tasks.contains($0.name) }
    if let other = own.first(where: { $0.isDense != (self == .pixels) || $0.kind.learnable(normalsLoss: .l1) == nil }) {
      throw ConfigurationError(
        "data.tasks: '\(other.name)' is \(other.subject), but the workload \(configuration.workload.name) is about \(subject)\(other.isAttribute ? ": 'workload: attributes' trains it" : "")"
      )
    }
    let decoder = try configuration.networkParts.decoder
    guard decoder.traits.has(.imageLevel) == (self == .image) else {
      let able = DecoderRegistry.shared.entries.filter { $0.traits.has(.imageLevel) == (self == .image) }.map(\.name)
      throw ConfigurationError(
        "network.decoder is \(decoder.name), but the workload \(configuration.workload.name) is about \(subject): \(able.joined(separator: ", ")) can be taken"
      )
    }
  }

  private var subject: String {
    switch self {
    case .pixels: "the pixels of images"
    case .image: "images as a whole"
    }
  }
}

extension VisionTask {
  fileprivate var isAttribute: Bool { !isDense && kind.learnable(normalsLoss: .l1) != nil }

  fileprivate var subject: String {
    if isDense { return "about pixels" }
    return isAttribute ? "about images as a whole" : "about the objects in images"
  }
}
