import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which tasks share everything up to the decoders.
///
/// - Source: Caruana, *Multitask Learning*, Machine Learning 1997.
public struct HardSharing: Sharing {
  /// Creates the way of sharing, which has no parameters.
  public init() {}

  /// The features belong to all tasks together: false.
  public var partsStreams: Bool { false }

  /// Builds an encoder whose layers all tasks share.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    SharedEncoder(entry.make(path, request))
  }
}

extension HardSharing {
  /// The entry `hard` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "hard", summary: "The tasks share everything up to the decoders.",
    paper: "Multitask Learning, Machine Learning 1997"
  ) { _ in HardSharing() }
}
