import MultitaskLearning
import NeuralNetworks

/// The tasks share everything up to the decoders.
public struct HardSharing: Sharing {
  public init() {}

  public var partsStreams: Bool { false }

  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    SharedEncoder(entry.make(path, request))
  }
}

extension HardSharing {
  /// As the registry knows it.
  public static let entry = MethodEntry<any Sharing>(
    "hard", summary: "The tasks share everything up to the decoders.",
    paper: "Multitask Learning, Machine Learning 1997"
  ) { _ in HardSharing() }
}
