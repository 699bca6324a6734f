import MultitaskLearning
import NeuralNetworks
import Torch

/// The way of sharing in which each task has an encoder of its own, and goes on behind each of its steps with what a 1×1
/// convolution makes of all tasks' maps (NDDR-CNN).
///
/// - Source: Gao et al., *NDDR-CNN: Layerwise Feature Fusing in Multi-Task CNNs by Neural Discriminative Dimensionality
///   Reduction*, CVPR 2019.
public struct NDDRSharing: Sharing {
  /// The name of the optimizer group that the convolutions between the encoders are in, with their normalizations.
  public static let optimizerGroup = "nddr"

  /// The first values of the convolutions, which are diagonal in the channels of each task.
  public var start: CrossStitchSharing.Start
  /// The steps of the encoder behind which tasks exchange maps.
  public var places: ExchangePlaces
  /// How the convolutions are optimized.
  public var training: ExchangeTraining

  /// Creates the way of sharing, by default with a convolution behind all steps of the encoder.
  public init(
    start: CrossStitchSharing.Start = CrossStitchSharing.Start(own: 0.9, other: 0.1),
    places: ExchangePlaces = ExchangePlaces(afterStem: true, afterEnd: true),
    training: ExchangeTraining = ExchangeTraining()
  ) {
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

  /// Builds an encoder for each task, and the convolutions between them, which are registered beside it as `nddr`.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let root = path.beside("nddr").optimized(in: Self.optimizerGroup)
    let encoder = StitchedEncoder(entry, at: path, request, tasks: tasks, places: places) { name, channels in
      NDDRUnit(root[name, "layer"], tasks: tasks, channels: channels, start)
    }
    return encoder.shared(optimizing: training.group(Self.optimizerGroup))
  }
}

/// What gives each task a 1×1 convolution of all tasks' maps side by side, with batch normalization and a rectifier.
private struct NDDRUnit: MapExchange {
  private let layers: [Sequential]

  init(_ path: ParameterPath, tasks: [String], channels: Int, _ start: CrossStitchSharing.Start) {
    layers = tasks.map { receiver in
      let path = path[receiver].reached(by: .task(receiver))
      return Sequential([
        Convolution(
          path["0"], from: tasks.count * channels, to: channels, kernel: 1, hasBias: false,
          weight: .diagonals(tasks.map { $0 == receiver ? start.own : start.other })),
        BatchNormalization(path["1"], channels: channels, momentum: 0.05), Activation.relu,
      ])
    }
  }

  func callAsFunction(_ maps: [Tensor], _ context: ForwardContext) -> [Tensor] {
    let all = Tensor.concatenated(maps, axis: 1)
    return layers.map { $0(all, context) }
  }
}

extension NDDRSharing {
  /// The entry `nddr` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "nddr",
    summary: "Each task has an encoder of its own; behind its steps, a 1×1 convolution joins the maps of all tasks.",
    paper: "NDDR-CNN: Layerwise Feature Fusing in Multi-Task CNNs, CVPR 2019",
    parameters: [
      MethodParameter(
        "own", .real(-100...100), default: .number(0.9), "the first weight of a channel in the same task"),
      MethodParameter(
        "other", .real(-100...100), default: nil,
        "the first weight of a channel in another task; as large as makes the sum of all one"),
    ] + ExchangePlaces.parameters(afterStem: true) + ExchangeTraining.parameters
  ) { settings in
    try settings.requireSeveralTasks()
    return NDDRSharing(
      start: CrossStitchSharing.Start(own: settings.number("own"), settings), places: ExchangePlaces(settings),
      training: ExchangeTraining(settings))
  }
}
