import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which tasks share the encoder, and each sees its features through a rotation of its own, which
/// learns to turn the tasks' gradients towards each other.
///
/// With the aggregator `rotograd`, it is RotoGrad; with another one of gradients at the features, only the rotations are
/// RotoGrad's.
///
/// - Source: Javaloy, Valera, *RotoGrad: Gradient Homogenization in Multitask Learning*, ICLR 2022.
public struct RotatedSharing: Sharing {
  /// The largest number of channels of a map that turn, the first ones.
  public let size: Int

  /// Creates the way of sharing.
  public init(size: Int = 1024) { self.size = size }

  /// The features belong to all tasks together: false.
  public var partsStreams: Bool { false }
  /// The rotations learn from each task's gradient with respect to the features: true.
  public var learnsFromFeatureGradients: Bool { true }

  /// Builds an encoder whose layers all tasks share, and the rotations behind it.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let encoder = entry.make(path, request)
    let rotations = FeatureRotations(path, tasks: tasks, channels: encoder.featureChannels, size: size)
    var shared = SharedEncoder(
      encoder, penalty: { rotations.takeLoss() },
      origin: { $0.hasPrefix("parametrizations.") ? nil : EntryOrigin($0) })
    shared.rotations = rotations
    return shared
  }
}

extension RotatedSharing {
  /// The entry `rotations` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "rotations",
    summary: "Each task turns the shared features, so that gradients agree; with the aggregator rotograd, RotoGrad.",
    paper: "RotoGrad: Gradient Homogenization in Multitask Learning, ICLR 2022",
    parameters: [
      MethodParameter(
        "size", .integer(1...4096), default: .number(1024), "how many of a map's channels turn at most, the first ones")
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    return RotatedSharing(size: settings.integer("size"))
  }
}
