import NeuralNetworks
import Support
import Torch

/// An encoder that tasks share in some way, and their decoders. With one task it is a single-task network.
public final class MultitaskNetwork {
  public let store: ParameterStore
  public let plan: NetworkPlan
  /// The shared convolutions whose normalizations are the tasks' own; empty if there are none.
  public let normalizedConvolutions: [NormalizedConvolution]
  private let shared: SharedEncoder
  private let decoders: any TaskDecoders

  /// What the encoder's entries are called in the network: `backbone.conv1.weight`.
  private static let encoderPath = "backbone"

  /// Builds a network whose parts fit together: ``NetworkPlan/check()``.
  ///
  /// - Parameter seed: of the initial values.
  public init(_ plan: NetworkPlan, seed: UInt64, device: Device = .cpu) {
    do { try plan.check() } catch { fatalError("\(error)") }
    self.plan = plan
    store = ParameterStore(seed: seed, device: device)
    let path = store.root[Self.encoderPath]
    shared = plan.sharing.makeEncoder(
      plan.encoder, at: plan.decoder.traits.has(.exchange) ? path.beforeExchange() : path, plan.request,
      tasks: plan.outputs.map(\.task))
    normalizedConvolutions = shared.normalizedConvolutions
    decoders = plan.decoder.make(
      store.root.in(stage: .head),
      DecoderRequest(
        featureChannels: shared.encoder.featureChannels, featureStrides: shared.encoder.featureStrides,
        outputs: plan.outputs))
    store.layOut()
  }

  public var outputs: [TaskOutput] { plan.outputs }
  public var tasks: [String] { outputs.map(\.task) }
  public var encoder: any Encoder { shared.encoder }

  /// The encoder's blocks, if it is a transformer.
  public var transformer: TransformerStack? { (encoder as? any TransformerEncoder)?.stack }

  /// Whether tasks share the features, or each has its own. A transformer that grows may change it.
  public var featureKind: Features.Kind {
    plan.sharing.partsStreams || transformer?.partsStreams == true ? .byTask : .shared
  }

  /// The features that some tasks (positions in ``outputs``) start from. If tasks exchange features in the decoders, they
  /// are those of all tasks.
  ///
  /// - Parameter images: batch × channels × height × width.
  public func features(_ images: Tensor, for tasks: [Int], _ context: ForwardContext) -> Features {
    let tasks = computedTasks(for: tasks)
    return features(encoder(images, trunkContext(tasks, context)), of: tasks)
  }

  /// The features of all tasks, telling the tokens that enter each layer of the transformer, up to the last that all tasks
  /// enter together.
  public func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ tokens: Tensor) -> Void
  ) -> Features {
    guard let encoder = encoder as? any TransformerEncoder else { fatalError("the encoder is no transformer") }
    let all = Array(outputs.indices)
    let streams = encoder.features(images, trunkContext(all, context)) { _, tokens in
      if let tokens = tokens.shared { observe(tokens) }
    }
    return features(streams, of: all)
  }

  private func computedTasks(for wanted: [Int]) -> [Int] {
    plan.decoder.traits.has(.exchange) ? Array(outputs.indices) : wanted
  }

  private func trunkContext(_ tasks: [Int], _ context: ForwardContext) -> ForwardContext {
    featureKind == .byTask ? context.for(tasks: tasks.map { outputs[$0].task }) : context
  }

  private func features(_ streams: [Streams], of tasks: [Int]) -> Features {
    guard featureKind == .byTask else { return .shared(streams.map { $0.shared! }) }
    let byMap = streams.map { $0.byTask(count: tasks.count) }
    return .byTask(
      Dictionary(uniqueKeysWithValues: tasks.enumerated().map { index, task in (task, byMap.map { $0[index] }) }))
  }

  /// The predictions of some tasks (positions in ``outputs``) from their features.
  ///
  /// - Parameter size: height and width of the predictions, those of the image.
  public func predictions(
    of tasks: [Int], from features: Features, size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    decoders(features, for: tasks, size: size, context)
  }

  /// A whole forward pass for some tasks; defaults to all.
  ///
  /// - Returns: each task's prediction, before any activation.
  public func callAsFunction(_ images: Tensor, tasks: [Int]? = nil, _ context: ForwardContext) -> [Tensor] {
    let size = (height: images.shape[2], width: images.shape[3])
    let tasks = tasks ?? Array(outputs.indices)
    return predictions(of: tasks, from: features(images, for: tasks, context), size: size, context).map(\.output)
  }

  /// Loads weights of a plain encoder, as timm or torchvision publish them:
  /// ``PretrainedEncoder/loadPretrained(_:into:prefix:naming:)``.
  ///
  /// - Throws: ``LoadError``; ``FileError`` for a malformed file, positions of an unknown grid, or a network that grew;
  ///   ``NetworkError`` if the encoder takes no pretrained weights.
  @discardableResult
  public func loadEncoder(_ file: SafetensorsFile) throws -> LoadReport {
    guard let encoder = encoder as? any PretrainedEncoder else {
      throw NetworkError("the encoder \(plan.encoder.name) takes no pretrained weights")
    }
    return try encoder.loadPretrained(
      file, into: store, prefix: Self.encoderPath + ".", naming: shared.plainName)
  }
}
