import Foundation
import MultitaskLearning
import Torch
import VisionNetworks

/// The parts of a network by their entries.
struct NetworkParts {
  let encoder: EncoderEntry
  let sharing: any Sharing
  let decoder: DecoderEntry
}

extension Configuration {
  /// - Throws: ``RegistryError`` for a part that does not exist, `MethodError` for a parameter of a way of sharing that
  ///   does not exist or is not allowed.
  var networkParts: NetworkParts {
    get throws {
      let sharing = try SharingRegistry.shared.require(network.sharing.name)
      return NetworkParts(
        encoder: try EncoderRegistry.shared.require(network.encoder),
        sharing: try sharing.make(network.sharing.settings, tasks: data.tasks, totalSteps: training.steps),
        decoder: try DecoderRegistry.shared.require(network.decoder))
    }
  }
}

extension MultitaskNetwork {
  /// The network that a configuration describes, with pretrained weights if it names some.
  ///
  /// - Throws: ``ConfigurationError`` for an encoder that does not exist; what is wrong with device and weights.
  convenience init(_ configuration: Configuration, bindings: [TaskBinding]) throws {
    let network = configuration.network
    let parts = try configuration.networkParts
    let data = configuration.data
    let size = data.cropHeight > 0 ? (data.cropHeight, data.cropWidth) : (data.height, data.width)
    let plan = NetworkPlan(
      encoder: parts.encoder, sharing: parts.sharing, decoder: parts.decoder, outputs: bindings.map(\.output),
      request: EncoderRequest(imageHeight: size.0, imageWidth: size.1, dropPath: network.dropPath))
    try plan.check()
    self.init(plan, seed: configuration.run.seed, device: try Device(parsing: configuration.run.device))
    if let weights = network.weights {
      try loadEncoder(SafetensorsFile(contentsOf: URL(fileURLWithPath: weights)))
    }
  }
}
