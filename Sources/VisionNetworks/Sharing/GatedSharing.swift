import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which each task chooses, for every channel of every layer, between a feature of its own and one
/// that all tasks share.
///
/// After training, a static network has only the channels that were chosen: ``MultitaskNetwork/pruned(for:)``.
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning* (later
///   *InterroGate*), 2023.
public struct GatedSharing: Sharing {
  /// The penalty on the channels that tasks keep for themselves.
  public var sparsity: GateSparsity
  /// The first values of gates and mixes.
  public var start: GatedKit.Start
  /// Whether the embedding of a transformer's patches is gated, too, or shared.
  public var gatesEmbedding: Bool
  /// The constant learning rate of gates and mixes.
  public var learningRate: Double
  /// The momentum of gates and mixes.
  public var momentum: Double

  /// The FLOPs of one image that pruning is to leave: up to 1 as a fraction of those of single-task networks, and above
  /// as a number; nil, the default, if λ stays as it is. It is not part of the publication.
  public var flops: Double?
  /// The fraction of the training after which gates and mixes stay as they are; nil, the default, for never.
  public var freezesAfter: Double?
  /// Whether channels that nothing selects keep their values in a step, whatever weight decay and momentum would do;
  /// defaults to false.
  public var holdsUnselected = false

  /// Creates the way of sharing, by default with the settings of the paper where it states them.
  public init(
    sparsity: GateSparsity, start: GatedKit.Start = GatedKit.Start(), gatesEmbedding: Bool = true,
    learningRate: Double = 0.1, momentum: Double = 0
  ) {
    self.sparsity = sparsity
    self.start = start
    self.gatesEmbedding = gatesEmbedding
    self.learningRate = learningRate
    self.momentum = momentum
  }

  /// The encoder's layers have to come from a kit.
  public var requirements: Set<EncoderTraits.Capability> { [.kitLayers] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The shared copy of a layer reads the streams of all tasks: true.
  public var exchangesStreams: Bool { true }

  /// Whether pruning is to leave a network of a certain cost.
  public var wantsCost: Bool { flops != nil }

  /// The number of steps after which gates and mixes stay as they are; nil for never.
  func movingSteps(of total: Int) -> Int? { freezesAfter.map { Int(($0 * Double(total)).rounded(.up)) } }

  /// Builds an encoder in which each task has a copy of every layer beside a shared one.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let kit = GatedKit(root: path, tasks: tasks, start: start, gatesEmbedding: gatesEmbedding)
    let encoder = entry.make(path, request, kit: kit)
    let training = GateTraining(self, kit, at: path["gates"])
    let gates = OptimizerGroup(
      GatedKit.optimizerGroup, optimizer: SGD(momentum: momentum), constantLearningRate: learningRate, weightDecay: 0)
    var shared = SharedEncoder(
      encoder, penalty: training.penalty, optimizerGroups: [gates], origin: Self.origin)
    shared.gates = training
    return shared
  }

  /// The copies start from one plain encoder, or each task's from its single-task network; gates from neither.
  @Sendable private static func origin(_ name: String) -> EntryOrigin? {
    let parts = name.split(separator: ".").map(String.init)
    switch parts.first {
    case "shared": return EntryOrigin(parts.dropFirst().joined(separator: "."))
    case "task" where parts.count > 2: return EntryOrigin(parts.dropFirst(2).joined(separator: "."), task: parts[1])
    case "gates": return nil
    default: return EntryOrigin(name)
    }
  }
}

extension GatedSharing {
  /// The entry `gates` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "gates",
    summary: "Each task chooses for every channel between a feature of its own and a shared one; prunable afterwards.",
    paper:
      "GatedMTL (InterroGate): Learning to Share, Specialize, and Prune Representations for Multi-Task Learning, 2023",
    parameters: [
      MethodParameter(
        "sparsity", .choice(GateSparsity.Kind.allCases.map(\.rawValue)), default: .text("hinge"),
        "which of a task's own channels cost: those above its target, all, or none"),
      MethodParameter("lambda", .real(0...1e6), default: .number(0.05), "the factor of the penalty"),
      MethodParameter(
        "target", .real(0...1), default: nil,
        "the fraction of own channels that costs nothing; 0.5, or 0 with `flops`, where it is left out"),
      MethodParameter("targets", .taskNumbers(0...1), default: nil, "the same for some tasks"),
      MethodParameter("start", .real(0...100), default: .number(0.01), "the size of the gates' first logits"),
      MethodParameter("ownFraction", .real(0...1), default: .number(1), "the fraction of channels that start as own"),
      MethodParameter("startMix", .real(-100...100), default: .number(0), "the first logits of the mixes"),
      MethodParameter(
        "embedding", .choice(["gated", "shared"]), default: .text("gated"), "how tasks share a transformer's patches"),
      MethodParameter("learningRate", .real(0...1000), default: .number(0.1), "the gates' constant learning rate"),
      MethodParameter("momentum", .real(0...1), default: .number(0), "the gates' momentum"),
      MethodParameter(
        "flops", .real(1e-6...1e18), default: nil,
        "the FLOPs that pruning is to leave, which `lambda` then follows: up to 1 of those of single-task networks, above as a number"
      ),
      MethodParameter(
        "freezeGatesAfter", .real(0...1), default: nil,
        "the fraction of the training after which gates stay as they are"),
      MethodParameter(
        "unselected", .choice(["decay", "hold"]), default: .text("decay"),
        "whether weight decay changes channels that nothing selects, or they keep their values"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    let own = settings.taskNumbers("targets") ?? [:]
    let flops = settings.optionalNumber("flops")
    let target = settings.optionalNumber("target") ?? (flops == nil ? 0.5 : 0)
    var sharing = GatedSharing(
      sparsity: GateSparsity(
        settings.choice("sparsity"), weight: settings.number("lambda"),
        targets: settings.tasks.map { own[$0] ?? target }),
      start: GatedKit.Start(
        gate: settings.number("start"), ownFraction: settings.number("ownFraction"), mix: settings.number("startMix")),
      gatesEmbedding: settings.optionalText("embedding") == "gated", learningRate: settings.number("learningRate"),
      momentum: settings.number("momentum"))
    sharing.flops = flops
    sharing.freezesAfter = settings.optionalNumber("freezeGatesAfter")
    sharing.holdsUnselected = settings.optionalText("unselected") == "hold"
    guard flops == nil || sharing.sparsity.kind != .none else {
      throw MethodError("gates: 'flops' is reached by the penalty, so that 'sparsity' has to be hinge or l1")
    }
    guard flops == nil || sharing.freezesAfter != 0 else {
      throw MethodError("gates: 'flops' is reached by moving gates, but with 'freezeGatesAfter: 0' they never move")
    }
    let targets = ["target", "targets"].filter(settings.isGiven)
    guard sharing.sparsity.kind == .hinge || targets.isEmpty else {
      throw MethodError(
        "gates: '\(targets[0])' is a part of the hinge, but 'sparsity' is \(sharing.sparsity.kind.rawValue): leave it out"
      )
    }
    guard sharing.sparsity.kind != .none || !settings.isGiven("lambda") else {
      throw MethodError("gates: 'lambda' is the factor of the penalty, but 'sparsity' is none: leave it out")
    }
    guard sharing.freezesAfter == nil || sharing.momentum == 0 else {
      throw MethodError("gates: with 'freezeGatesAfter', 'momentum' has to be 0: it would move frozen gates on")
    }
    return sharing
  }
}
