import Detection
import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// What a configuration says about the robot-vision system: its task of objects, its network, and its samples.
///
/// A plan exists only if the parts go together, so that the network can be built and trained.
struct DetectionPlan {
  let resolved: ResolvedConfiguration
  /// The task of objects.
  let task: VisionTask
  let detector: DetectorConfiguration
  let encoder: EncoderEntry
  /// Pretrained weights of the encoders; nil for random ones.
  let weights: URL?
  let samples: SamplePlan
  /// The nearest and the farthest depth, in meters.
  let depthRange: ClosedRange<Float>

  /// - Parameter available: what the data have ground truth for.
  /// - Throws: ``ConfigurationError`` or `RegistryError` for parts that do not exist, or do not go together.
  init(_ resolved: ResolvedConfiguration, _ settings: DetectionSettings, available: [VisionTask]) throws {
    let configuration = resolved.configuration
    self.resolved = resolved
    task = try Self.task(configuration.data, available)
    guard configuration.data.channels == .rgbd else {
      throw ConfigurationError(
        "the workload detection takes color and depth: data.channels has to be rgbd, but is \(configuration.data.channels.rawValue)"
      )
    }
    // Checked by the plan of the samples, which says what is wrong.
    let depth = configuration.data.depthRange
    let isRange = depth.count == 2 && depth[0] < depth[1]
    depthRange = isRange ? Float(depth[0])...Float(depth[1]) : 0...0
    samples = try SamplePlan(configuration, tasks: [task], preparing: [DepthClipping(depthRange)])
    detector = settings.configuration(for: samples.trainingSize)
    encoder = try EncoderRegistry.shared.require(configuration.network.encoder)
    weights = configuration.network.weights.map { URL(fileURLWithPath: $0) }
    try checkEncoder()
    try checkOtherParts(configuration)
    try requireStatistics(sampleCount: configuration.data.trainingCount)
  }

  /// Batch normalization needs more than one value for each channel, also in the smallest maps.
  ///
  /// - Parameter sampleCount: the number of samples to train on, or the most that there may be.
  func requireStatistics(sampleCount: Int) throws {
    let (size, multiple) = (samples.trainingSize, FusedBackbone.sizeMultiple)
    let places = ((size.height + multiple - 1) / multiple) * ((size.width + multiple - 1) / multiple)
    guard min(samples.batchSize, sampleCount) * places < 2 else { return }
    let remark = sampleCount == 1 ? " (there is 1 sample to train on)" : ""
    throw ConfigurationError(
      "the robot-vision system normalizes over the batch: images of \(size.height)×\(size.width) need training.batchSize and data.trainingCount of at least 2\(remark)"
    )
  }

  /// The one task of the run.
  private static func task(_ data: Configuration.Data, _ available: [VisionTask]) throws -> VisionTask {
    let tasks = try data.chosenTasks(among: available)
    guard tasks.count == 1, !tasks[0].objectClasses.isEmpty else {
      let fitting = available.filter { !$0.objectClasses.isEmpty }.map(\.name)
      let remark =
        fitting.isEmpty ? "the data have no task of objects" : "such as [\(fitting.joined(separator: "] or ["))]"
      throw ConfigurationError(
        "the workload detection learns one task of objects: data.tasks has to name it (\(remark)), but is [\(data.tasks.joined(separator: ", "))]"
      )
    }
    return tasks[0]
  }

  private func checkEncoder() throws {
    let traits = encoder.traits
    guard traits.has(.pyramid), !traits.has(.taskFeatures), traits.sizeMultiple == FusedBackbone.sizeMultiple,
      !traits.takesOneSize
    else {
      throw ConfigurationError(
        "network.encoder is \(encoder.name), but the workload detection takes two encoders with maps of strides 4 to 32, such as resnet18"
      )
    }
  }

  /// What only other workloads have is not to be set without an effect.
  private func checkOtherParts(_ configuration: Configuration) throws {
    let (network, defaults) = (configuration.network, Configuration.Network())
    let others = [
      ("sharing", network.sharing.yaml, defaults.sharing.yaml),
      ("decoder", network.decoder.yaml, defaults.decoder.yaml),
      ("start", "\(network.start)", "\(defaults.start)"),
      ("dropPath", "\(network.dropPath)", "\(defaults.dropPath)"),
    ]
    if let (name, value, normal) = others.first(where: { $0.1 != $0.2 }) {
      throw ConfigurationError(
        "network.\(name) is \(value), but the workload detection has heads of its own: it has to be left at \(normal)")
    }
    guard configuration.run.precision == .float32 else {
      throw ConfigurationError(
        "run.precision is \(configuration.run.precision.rawValue), but the workload detection computes in float32")
    }
    guard !resolved.method.schedule.needsNormalizedConvolutions else {
      throw ConfigurationError(
        "\(configuration.method.schedule.name) needs batch normalizations for each task, which the workload detection does not have"
      )
    }
    guard !resolved.method.adaptation.needsTransformer else {
      throw ConfigurationError(
        "\(configuration.method.adaptation.name) works on tokens, which the workload detection does not have")
    }
  }

  /// Builds the network, with pretrained weights if there are some.
  ///
  /// - Throws: `FileError`, `LoadError` or `NetworkError` for weights that do not fit.
  func makeNetwork() throws -> RobotVisionNetwork {
    let request = EncoderRequest(imageHeight: samples.trainingSize.height, imageWidth: samples.trainingSize.width)
    let network = RobotVisionNetwork(
      detector, normalization: weights == nil ? .batch : .stored, seed: resolved.configuration.run.seed,
      device: resolved.device
    ) { encoder.make($0, request) }
    if let weights { try network.loadEncoders(SafetensorsFile(contentsOf: weights)) }
    return network
  }
}
