import NeuralNetworks
import Support
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
      decoder.make(heads[output.task].reached(by: .task(output.task)), encoder: encoder, channels: output.channels)
    }
    store.layOut()
  }

  public var tasks: [String] { outputs.map(\.task) }

  /// Whether each task has features of its own.
  public var featuresDependOnTask: Bool { encoder.featuresDependOnTask }

  /// The encoder's blocks, where it is a transformer.
  public var transformer: TransformerStack? { (encoder as? any TransformerEncoder)?.stack }

  /// The shared features Z; where they depend on the task, those of each given task (positions in ``outputs``), one
  /// after another.
  ///
  /// - Parameter images: batch × 3 × height × width.
  public func features(_ images: Tensor, tasks: [Int], _ context: ForwardContext) -> [Tensor] {
    guard featuresDependOnTask else { return encoder(images, context) }
    let names = tasks.map { outputs[$0].task }
    guard tasks.count > 1, encoder.stacksTasks(images, context) else {
      return names.flatMap { encoder(images, context.for(task: $0)) }
    }
    return Self.streams(of: encoder(images, context.for(tasks: names)), taskCount: tasks.count)
  }

  /// The features of all tasks, as ``features(_:tasks:_:)`` has them, telling the tokens that enter each layer of the
  /// transformer, up to the last that all tasks enter together.
  public func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ tokens: Tensor) -> Void
  ) -> [Tensor] {
    guard let encoder = encoder as? any TransformerEncoder else { fatalError("the encoder is no transformer") }
    let last = encoder.stack.growth?.firstSeparateLayer ?? encoder.stack.blocks.count
    let features = encoder.features(images, context.for(tasks: featuresDependOnTask ? tasks : [])) { layer, tokens in
      if layer <= last { observe(tokens) }
    }
    return featuresDependOnTask ? Self.streams(of: features, taskCount: outputs.count) : features
  }

  /// Of maps that hold the tasks' streams along the batch, each task's own, one task after another.
  private static func streams(of maps: [Tensor], taskCount: Int) -> [Tensor] {
    let byMap = maps.map { $0.reshaped([taskCount, -1] + $0.shape.dropFirst()).unbound() }
    return (0..<taskCount).flatMap { task in byMap.map { $0[task] } }
  }

  /// The predictions of some tasks (positions in ``outputs``) from the shared features.
  ///
  /// - Returns: batch × channels × height × width each, before any activation.
  public func predictions(
    of tasks: [Int], from features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [Tensor] {
    guard featuresDependOnTask else { return tasks.map { decoders[$0](features, size: size, context) } }
    let count = encoder.featureChannels.count
    require(features.count == tasks.count * count, "the features are those of other tasks than \(tasks)")
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

  /// Loads weights of a plain encoder, as timm or torchvision publish them: ``Encoder/loadPretrained(_:into:prefix:)``.
  ///
  /// - Throws: ``LoadError``; ``FileError`` for a malformed file, positions of an unknown grid, or a network that grew.
  @discardableResult
  public func loadEncoder(_ file: SafetensorsFile) throws -> LoadReport {
    try encoder.loadPretrained(file, into: store, prefix: "backbone.")
  }
}
