import NeuralNetworks
import Support
import Torch

/// An encoder that tasks share in some way, and the tasks' decoders. With one task it is a single-task network.
public final class MultitaskNetwork {
  /// The parameters and buffers.
  public let store: ParameterStore
  /// The parts of which the network is made.
  public let plan: NetworkPlan
  /// The shared convolutions whose normalizations are the tasks' own; empty if there are none.
  public let normalizedConvolutions: [NormalizedConvolution]
  private let shared: SharedEncoder
  private let decoders: any TaskDecoders
  /// The names of what the way of sharing has, in the encoder and beside it.
  private let sharedNames: Set<String>

  /// The beginning of the names of the encoder's entries in the network, such as `backbone.conv1.weight`.
  static let encoderPath = "backbone"
  /// The beginning of the names of the encoder's entries, `backbone.`.
  public static let encoderPrefix = encoderPath + "."

  /// Builds a network, and stops the process if its parts do not fit together: ``NetworkPlan/check()``.
  ///
  /// - Parameters:
  ///   - plan: the parts of the network.
  ///   - seed: the seed of the initial values.
  ///   - device: the device of parameters and buffers.
  ///   - dtype: the type of parameters and buffers.
  public init(_ plan: NetworkPlan, seed: UInt64, device: Device = .cpu, dtype: DType = .float32) {
    do { try plan.check() } catch { fatalError("\(error)") }
    self.plan = plan
    store = ParameterStore(seed: seed, device: device, dtype: dtype)
    let path = store.root[Self.encoderPath]
    var request = plan.request
    request.tasks = plan.outputs.map(\.task)
    request.readout = plan.decoder.traits.readout
    shared = plan.sharing.makeEncoder(
      plan.encoder, at: plan.exchangesFeatures ? path.beforeExchange() : path, request, tasks: request.tasks)
    sharedNames = Set(store.state.map(\.name))
    normalizedConvolutions = shared.normalizedConvolutions
    decoders = plan.decoder.make(
      store.root.in(stage: .head),
      DecoderRequest(
        featureChannels: shared.encoder.featureChannels, featureStrides: shared.encoder.featureStrides,
        outputs: plan.outputs, imageSize: (plan.request.imageHeight, plan.request.imageWidth)))
    store.layOut()
    if plan.exchangesStreams, !plan.decoder.traits.has(.exchange) { declareReachOfEncoder() }
  }

  /// Declares which tasks reach the encoder's parameters behind its last exchange, as the graph of a forward pass says: not
  /// every decoder reads all maps.
  private func declareReachOfEncoder() {
    let leaves = store.allParameters.filter { $0.scope.stage == .trunk }
    let all = Array(outputs.indices)
    let image = probeImage()
    let predictions = predictions(
      of: all, from: features(image, for: all, .evaluation), size: (image.shape[2], image.shape[3]), .evaluation)
    let reached = predictions.map { prediction in
      reachedLeaves(of: [prediction.output] + prediction.auxiliary.map(\.logits), among: leaves.map(\.value))
    }
    for (index, leaf) in leaves.enumerated() {
      let reaching = all.filter { reached[$0][index] }
      if !reaching.isEmpty, reaching.count < all.count {
        store.declare(.tasks(Set(reaching.map { tasks[$0] })), of: leaf)
      }
    }
    store.layOut()
  }

  /// Returns an empty image, as small as the encoder takes it, for a pass of which only the graph matters.
  func probeImage() -> Tensor {
    let (request, traits) = (plan.request, plan.encoder.traits)
    let side = (32 + traits.sizeMultiple - 1) / traits.sizeMultiple * traits.sizeMultiple
    let (height, width) =
      plan.takesOneSize
      ? (request.imageHeight, request.imageWidth) : (min(request.imageHeight, side), min(request.imageWidth, side))
    return .zeros([1, request.imageChannels, height, width], dtype: store.dtype, device: store.device)
  }

  /// Every task with the channels of its prediction.
  public var outputs: [TaskOutput] { plan.outputs }
  /// The names of the tasks, in the order of their positions.
  public var tasks: [String] { outputs.map(\.task) }
  /// The encoder.
  public var encoder: any Encoder { shared.encoder }
  /// The encoder with what its way of sharing has added.
  var sharedEncoder: SharedEncoder { shared }

  /// The encoder's blocks; nil if it is not a transformer.
  public var transformer: TransformerStack? { (encoder as? any TransformerEncoder)?.stack }

  /// Whether tasks share the features, or each has its own; the growth of a transformer may change it.
  public var featureKind: Features.Kind {
    plan.sharing.partsStreams || plan.encoder.traits.has(.taskFeatures) || transformer?.partsStreams == true
      ? .byTask : .shared
  }

  /// A number that is added to the losses' sum and belongs to no task; nil if the network has none.
  public func penalty() -> Tensor? { shared.penalty() }
  /// How parameters of the network are optimized if the training does not say otherwise.
  public var optimizerGroups: [OptimizerGroup] { shared.optimizerGroups }

  /// Returns the features from which some tasks (positions in ``outputs``) start. If tasks exchange features in the
  /// decoders, these are the features of all tasks.
  ///
  /// - Parameters:
  ///   - images: batch × channels × height × width.
  ///   - tasks: the positions of the wanted tasks.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  public func features(_ images: Tensor, for tasks: [Int], _ context: ForwardContext) -> Features {
    let tasks = computedTasks(for: tasks)
    return features(encoder(images, trunkContext(tasks, context)), of: tasks)
  }

  /// Returns the features of all tasks, and hands out the tokens that enter each layer of the transformer, up to the
  /// last layer that all tasks enter together. An encoder that is not a transformer stops the process.
  public func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ tokens: Tensor) -> Void
  ) -> Features {
    guard let encoder = encoder as? any TransformerEncoder else { fatalError("the encoder is not a transformer") }
    let all = Array(outputs.indices)
    let streams = encoder.features(images, trunkContext(all, context)) { _, tokens in
      if let tokens = tokens.shared { observe(tokens) }
    }
    return features(streams, of: all)
  }

  private func computedTasks(for wanted: [Int]) -> [Int] {
    plan.exchangesFeatures ? Array(outputs.indices) : wanted
  }

  private func trunkContext(_ tasks: [Int], _ context: ForwardContext) -> ForwardContext {
    featureKind == .byTask ? context.for(tasks: tasks.map { outputs[$0].task }) : context
  }

  func features(_ streams: [Streams], of tasks: [Int]) -> Features {
    guard featureKind == .byTask else { return .shared(streams.map(Self.shared)) }
    let byMap = streams.map { $0.byTask(count: tasks.count) }
    return .byTask(
      Dictionary(uniqueKeysWithValues: tasks.enumerated().map { index, task in (task, byMap.map { $0[index] }) }))
  }

  private static func shared(_ stream: Streams) -> Tensor {
    guard let map = stream.shared else {
      fatalError("the encoder's streams have parted, but its way of sharing says that they do not: `partsStreams`")
    }
    return map
  }

  /// Returns the predictions of some tasks (positions in ``outputs``) from their features.
  ///
  /// - Parameters:
  ///   - tasks: the positions of the wanted tasks.
  ///   - features: the features of at least these tasks, from ``features(_:for:_:)``.
  ///   - size: height and width of the predictions, those of the image.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  public func predictions(
    of tasks: [Int], from features: Features, size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let seen = shared.rotations?.rotated(features, for: computedTasks(for: tasks)) ?? features
    return decoders(seen, for: tasks, size: size, context)
  }

  /// Takes the gradients of some tasks with respect to the shared features, from which rotations of these learn.
  ///
  /// - Parameters:
  ///   - gradients: of each task, for each map, batch × channels × height × width.
  ///   - tasks: the positions of the tasks.
  ///   - isFirst: whether the features are those of the first part of a batch.
  public func observe(featureGradients gradients: [[Tensor]], of tasks: [Int], isFirst: Bool) {
    shared.rotations?.observe(gradients, of: tasks, isFirst: isFirst)
  }

  /// Returns features with the names that they have in the results of public code: those of shared maps, such as
  /// `backbone.0`, or those of each task's maps, such as `backbone.0.depth`.
  public func named(_ features: Features) -> [(name: String, tensor: Tensor)] {
    let names = shared.plain.featureNames.map { "\(Self.encoderPath).\($0)" }
    switch features {
    case .none: return []
    case .shared(let maps): return zip(names, maps).map { ($0, $1) }
    case .byTask(let byTask):
      return byTask.sorted { $0.key < $1.key }.flatMap { task, maps in
        zip(names, maps).map { ("\($0).\(tasks[task])", $1) }
      }
    }
  }

  /// Computes a whole forward pass for some tasks (positions in ``outputs``), which default to all.
  ///
  /// - Returns: each task's prediction, before any activation.
  public func callAsFunction(_ images: Tensor, tasks: [Int]? = nil, _ context: ForwardContext) -> [Tensor] {
    let size = (height: images.shape[2], width: images.shape[3])
    let tasks = tasks ?? Array(outputs.indices)
    return predictions(of: tasks, from: features(images, for: tasks, context), size: size, context).map(\.output)
  }

  /// Loads weights of a plain encoder, as timm or torchvision publish them:
  /// ``PretrainedEncoder/loadPretrained(_:into:prefix:naming:leavingOut:)``.
  ///
  /// - Throws: `LoadError` if entries are missing, unknown or of another shape; `FileError` for a malformed file,
  ///   positions of an unknown grid, or a network that has grown; ``NetworkError`` if the encoder takes no pretrained
  ///   weights.
  ///
  /// - Parameters:
  ///   - file: the weights of a plain encoder.
  ///   - isIncluded: returns whether entries that start from this one of a plain encoder are loaded: all by default.
  @discardableResult
  public func loadEncoder(
    _ file: SafetensorsFile, where isIncluded: (EntryOrigin) -> Bool = { _ in true }
  ) throws -> LoadReport {
    guard let encoder = shared.plain as? any PretrainedEncoder else {
      throw NetworkError("the encoder \(plan.encoder.name) takes no pretrained weights")
    }
    let leftOut = Set(encoderOrigins.filter { !isIncluded($0) }.flatMap { [$0.name, encoder.plainName(of: $0.name)] })
    do {
      return try encoder.loadPretrained(
        file, into: store, prefix: Self.encoderPrefix,
        naming: { name in shared.origin(name).flatMap { isIncluded($0) ? $0.name : nil } },
        leavingOut: leftOut.contains)
    } catch var error as LoadError {
      error.remark = WeightRecognition(file).remark
      throw error
    }
  }

  /// The tasks that have parts of their own in the encoder, which may start from single-task networks.
  public var tasksWithOwnParts: Set<String> { Set(encoderOrigins.compactMap(\.task)) }

  private var encoderOrigins: [EntryOrigin] {
    store.state.filter { $0.name.hasPrefix(Self.encoderPrefix) }
      .compactMap { shared.origin(String($0.name.dropFirst(Self.encoderPrefix.count))) }
  }

  /// Loads what decoders have for some tasks, from a network with the same decoder: the entries whose names have the name
  /// of one of the tasks as a component, but none of the encoder, nor of what exchanges the tasks' features in it.
  ///
  /// - Throws: `LoadError` if an entry is missing or of another shape; `FileError` for a malformed file.
  @discardableResult
  public func loadDecoders(_ file: SafetensorsFile, of tasks: Set<String>) throws -> LoadReport {
    try store.load(file, strictness: .allowingUnused { _ in true }) { name in
      let isOwn = name.split(separator: ".").contains { tasks.contains(String($0)) }
      return !sharedNames.contains(name) && isOwn ? name : nil
    }
  }
}
