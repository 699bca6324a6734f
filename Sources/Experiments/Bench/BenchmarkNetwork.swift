import MultitaskLearning
import NeuralNetworks
import Support
import VisionNetworks

/// The network of a measurement, on images and tasks of no data set.
public struct BenchmarkNetwork {
  let encoder: EncoderEntry
  let decoder: DecoderEntry
  private let sharing: MethodChoice
  /// The height of the images in pixels.
  public let height: Int
  /// The width of the images in pixels.
  public let width: Int

  /// The channels of each task's prediction.
  static let channels = 4

  /// - Parameters:
  ///   - encoder: the name of the encoder.
  ///   - sharing: the way of sharing as a configuration has it: a name, or `{name: …, …}`.
  ///   - decoder: the decoder as a configuration has it.
  ///   - height: the height of the images in pixels.
  ///   - width: the width of the images in pixels.
  /// - Throws: `RegistryError` (Support), `MethodError` or ``ConfigurationError`` for a part or a setting that does not
  ///   exist; ``ConfigurationError`` for parts that do not fit the images or measurements.
  public init(
    encoder: String, sharing: String = "hard", decoder: String = "multi-scale", height: Int, width: Int
  ) throws {
    self.encoder = try EncoderRegistry.shared.require(encoder)
    var configuration = Configuration()
    try configuration.apply(assignment: "network.sharing=\(sharing)")
    try configuration.apply(assignment: "network.decoder=\(decoder)")
    let choices = configuration.network
    self.sharing = choices.sharing
    self.decoder = try DecoderRegistry.shared.require(choices.decoder.name).with(choices.decoder.settings)
    (self.height, self.width) = (height, width)
    let multiple = NetworkPlan.sizeMultiple(of: self.encoder, with: self.decoder)
    guard height % multiple == 0, width % multiple == 0 else {
      throw ConfigurationError(
        "images of \(height)×\(width) do not fit \(encoder): the side has to be a multiple of \(multiple)")
    }
    guard !self.decoder.traits.has(.imageLevel) else {
      throw ConfigurationError(
        "the decoder \(self.decoder.name) predicts for whole images: measured are those of pixels")
    }
  }

  /// The parts that are measured, such as `resnet18, cross-stitch, last-map`.
  public var name: String { "\(encoder.name), \(sharing.name), \(decoder.name)" }

  /// Returns the network for some tasks.
  ///
  /// - Parameters:
  ///   - tasks: the names of the tasks.
  ///   - sharing: the way of sharing; nil for that of the measurement.
  /// - Throws: `MethodError` or `NetworkError` for parts that do not go together.
  func plan(_ tasks: [String], sharing: (any Sharing)? = nil) throws -> NetworkPlan {
    let plan = NetworkPlan(
      encoder: encoder,
      sharing: try sharing
        ?? SharingRegistry.shared.require(self.sharing.name).make(self.sharing.settings, tasks: tasks),
      decoder: decoder, outputs: tasks.map { TaskOutput(task: $0, channels: Self.channels) },
      request: EncoderRequest(imageHeight: height, imageWidth: width))
    try plan.check()
    return plan
  }
}
