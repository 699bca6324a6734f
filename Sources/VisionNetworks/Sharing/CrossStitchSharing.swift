import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which each task has an encoder of its own, and the tasks exchange maps as sums with learned
/// factors.
///
/// Public code has three kinds of factors: one for every channel and pair of tasks (Vandenhende et al., *Multi-Task
/// Learning for Dense Prediction Tasks: A Survey*, TPAMI 2021), one for every pair as in the paper (LibMTL), and one for
/// every sending task, so that all tasks go on with the same sum (the SegNet of Liu et al., *End-to-End Multi-Task Learning
/// with Attention*, CVPR 2019).
///
/// - Source: Misra et al., *Cross-stitch Networks for Multi-task Learning*, CVPR 2016.
public struct CrossStitchSharing: Sharing {
  /// What has a factor of its own.
  public enum Factors: String, Sendable, CaseIterable {
    /// Every channel of every pair of a receiving and a sending task.
    case channels
    /// Every pair of a receiving and a sending task.
    case pairs
    /// Every sending task.
    case senders
  }

  /// The first values of factors.
  public struct Start: Sendable, Equatable {
    /// The factor of a task's own maps.
    public var own: Double
    /// The factor of another task's maps.
    public var other: Double

    /// Creates first values.
    public init(own: Double, other: Double) {
      self.own = own
      self.other = other
    }
  }

  /// The name of the optimizer group that the factors are in.
  public static let optimizerGroup = "cross-stitch"

  /// What has a factor of its own.
  public var factors: Factors
  /// The first values of factors; if they are those of sending tasks, they all start from the task's own.
  public var start: Start
  /// The steps of the encoder behind which tasks exchange maps.
  public var places: ExchangePlaces
  /// How the factors are optimized.
  public var training: ExchangeTraining

  /// Creates the way of sharing, by default with units behind all steps of the encoder but its stem.
  public init(
    _ factors: Factors = .channels, start: Start = Start(own: 0.9, other: 0.1),
    places: ExchangePlaces = ExchangePlaces(afterStem: false, afterEnd: true),
    training: ExchangeTraining = ExchangeTraining()
  ) {
    self.factors = factors
    self.start = start
    self.places = places
    self.training = training
  }

  /// Images have to pass the encoder in steps.
  public var requirements: Set<EncoderTraits.Capability> { [.steps] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// A task receives the maps of all tasks: true.
  public var exchangesStreams: Bool { true }

  /// Builds an encoder for each task, and the units between them, which are registered beside it as `cross_stitch`.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let root = path.beside("cross_stitch").optimized(in: Self.optimizerGroup)
    let encoder = StitchedEncoder(entry, at: path, request, tasks: tasks, places: places) { name, channels in
      CrossStitchUnit(root[name, "cross_stitch_unit"], tasks: tasks, channels: channels, factors, start)
    }
    return encoder.shared(optimizing: training.group(Self.optimizerGroup))
  }
}

extension CrossStitchSharing.Start {
  /// The first values with the parameter `other` of some settings, or with what makes the sum over all tasks one.
  init(own: Double, _ settings: MethodSettings) {
    self.init(own: own, other: settings.optionalNumber("other") ?? (1 - own) / Double(settings.tasks.count - 1))
  }
}

extension CrossStitchSharing {
  /// The entry `cross-stitch` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "cross-stitch",
    summary:
      "Each task has an encoder of its own; between its steps, tasks exchange maps as sums with learned factors.",
    paper: "Cross-stitch Networks for Multi-task Learning, CVPR 2016",
    parameters: [
      MethodParameter(
        "factors", .choice(Factors.allCases.map(\.rawValue)), default: .text("channels"),
        "what has a factor of its own: every channel of a pair of tasks, every pair, or every sending task"),
      MethodParameter(
        "own", .real(-100...100), default: nil, "the first factor of a task's own maps; 0.9, or 1 with senders"),
      MethodParameter(
        "other", .real(-100...100), default: nil,
        "the first factor of another task's maps; as large as makes the sum of all one"),
    ] + ExchangePlaces.parameters(afterStem: false) + ExchangeTraining.parameters
  ) { settings in
    try settings.requireSeveralTasks()
    let factors = settings.choice("factors", of: Factors.self)
    guard factors != .senders || settings.optionalNumber("other") == nil else {
      throw MethodError(
        "cross-stitch: with 'factors: senders', a task's maps have one factor for all tasks, which 'own' sets, not 'other'"
      )
    }
    let own = settings.optionalNumber("own") ?? (factors == .senders ? 1 : 0.9)
    return CrossStitchSharing(
      factors, start: Start(own: own, settings), places: ExchangePlaces(settings),
      training: ExchangeTraining(settings))
  }
}
