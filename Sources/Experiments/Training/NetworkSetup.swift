import Foundation
import Torch
import VisionNetworks

extension MultitaskNetwork {
  /// The network that a configuration describes, with pretrained weights where it names some.
  ///
  /// - Throws: ``ConfigurationError`` for an encoder that does not exist; what is wrong with device and weights.
  convenience init(_ configuration: Configuration, bindings: [TaskBinding]) throws {
    let network = configuration.network
    let encoder = try configuration.encoderEntry
    let data = configuration.data
    let size = data.cropHeight > 0 ? (data.cropHeight, data.cropWidth) : (data.height, data.width)
    self.init(
      encoder: encoder, decoder: network.decoder, outputs: bindings.map(\.output), imageHeight: size.0,
      imageWidth: size.1,
      dropPath: network.dropPath, hasTaskNormalization: network.normalization == .task, seed: configuration.run.seed,
      device: try Device(parsing: configuration.run.device))
    if let weights = network.weights {
      try loadEncoder(SafetensorsFile(contentsOf: URL(fileURLWithPath: weights)))
    }
  }
}
