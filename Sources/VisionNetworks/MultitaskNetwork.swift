import NeuralNetworks
import Torch

/// One encoder that the tasks share, and a decoder for each. With one task it is a single-task network.
public final class MultitaskNetwork {
  /// A task as the network sees it.
  public struct Output: Sendable, Equatable {
    public let task: String
    public let channels: Int

    public init(task: String, channels: Int) {
      self.task = task
      self.channels = channels
    }
  }

  public let store: ParameterStore
  public let encoder: any Encoder
  public let outputs: [Output]
  private let decoders: [any Decoder]

  /// - Parameters:
  ///   - imageHeight: the pictures' usual size.
  ///   - hasTaskNormalization: whether every task has batch normalizations of its own within the shared encoder, which
  ///     then runs once for each task.
  ///   - seed: of the initial values.
  public init(
    encoder entry: EncoderEntry, decoder: DecoderKind, outputs: [Output], imageHeight: Int, imageWidth: Int,
    dropPath: Double = 0, hasTaskNormalization: Bool = false, seed: UInt64, device: Device = .cpu
  ) {
    store = ParameterStore(seed: seed, device: device)
    self.outputs = outputs
    let encoder = entry.make(
      store.root["backbone"], imageHeight: imageHeight, imageWidth: imageWidth, dropPath: dropPath,
      normalizationTasks: hasTaskNormalization ? outputs.map(\.task) : nil)
    self.encoder = encoder
    let heads = store.root[decoder.collection]
    decoders = outputs.map { output in
      decoder.make(heads[output.task].owned(by: .task(output.task)), encoder: encoder, channels: output.channels)
    }
    store.layOut()
  }

  public var tasks: [String] { outputs.map(\.task) }

  /// Whether the encoder runs once for each task.
  public var featuresDependOnTask: Bool { !encoder.normalizedConvolutions.isEmpty }

  /// The shared features Z; where they depend on the task, those of each given task (positions in ``outputs``), one
  /// after another.
  ///
  /// - Parameter images: batch × 3 × height × width.
  public func features(_ images: Tensor, tasks: [Int], _ context: ForwardContext) -> [Tensor] {
    guard featuresDependOnTask else { return encoder(images, context) }
    let names = tasks.map { outputs[$0].task }
    let pixelCount = images.shape[0] * images.shape[2] * images.shape[3]
    guard !context.isTraining, tasks.count > 1, pixelCount <= Self.largestStackedPixelCount else {
      return names.flatMap { encoder(images, context.for(task: $0)) }
    }
    let stacked = encoder(images, context.for(tasks: names)).map {
      $0.reshaped([tasks.count, -1] + $0.shape.dropFirst()).unbound()
    }
    return tasks.indices.flatMap { task in stacked.map { $0[task] } }
  }

  /// Where the tasks' features differ, evaluation stacks their streams along the batch for batches up to this size: on
  /// two cores, a ResNet-18 takes 0.25 to 0.9 times as long so, and longer above.
  private static let largestStackedPixelCount = 1 << 16

  /// The predictions of some tasks (positions in ``outputs``) from the shared features.
  ///
  /// - Returns: batch × channels × height × width each, before any activation.
  public func predictions(
    of tasks: [Int], from features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [Tensor] {
    guard featuresDependOnTask else { return tasks.map { decoders[$0](features, size: size, context) } }
    let count = encoder.featureChannels.count
    precondition(features.count == tasks.count * count, "the features are those of other tasks than \(tasks)")
    return tasks.enumerated().map { index, task in
      decoders[task](Array(features[(index * count)..<((index + 1) * count)]), size: size, context)
    }
  }

  /// A whole forward pass for some tasks, all when left out.
  public func callAsFunction(
    _ images: Tensor, tasks: [Int]? = nil, _ context: ForwardContext
  ) -> [Tensor] {
    let size = (height: images.shape[2], width: images.shape[3])
    let tasks = tasks ?? Array(outputs.indices)
    return predictions(of: tasks, from: features(images, tasks: tasks, context), size: size, context)
  }

  /// Loads weights of a plain encoder, as timm or torchvision publish them; a classifier in the file is left out.
  @discardableResult
  public func loadEncoder(_ file: SafetensorsFile) throws -> LoadReport {
    try store.load(
      file, prefix: "backbone.", strictness: .allowingUnexpected, naming: encoder.pretrainedName,
      adapting: encoder.adapt)
  }
}
