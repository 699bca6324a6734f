import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionNetworks

/// Runs an encoder of known weights over a batch of images and keeps its features: `polymath encode`.
public struct FeatureExport {
  private let encoder: any PretrainedEncoder & FeatureNaming
  private let entry: EncoderEntry
  private let images: Tensor

  /// - Parameters:
  ///   - model: a name of `EncoderRegistry`.
  ///   - weights: a state dict with timm's or torchvision's names.
  ///   - input: a file with one tensor, batch × 3 × height × width, as the network takes it.
  /// - Throws: what is wrong with the name or the files.
  public init(model: String, weights: URL, input: URL) throws {
    let entry = try EncoderRegistry.shared.require(model)
    self.entry = entry
    images = try Self.pictures(SafetensorsFile(contentsOf: input), for: entry)
    let store = ParameterStore(seed: 0)
    let made = entry.make(
      store.root, EncoderRequest(imageHeight: images.shape[2], imageWidth: images.shape[3]))
    store.layOut()
    guard let encoder = made as? any PretrainedEncoder & FeatureNaming else {
      throw ConfigurationError("\(entry.name) takes no pretrained weights, or has no names for its features")
    }
    self.encoder = encoder
    try encoder.loadPretrained(SafetensorsFile(contentsOf: weights), into: store)
  }

  /// - Parameter blocks: for transformers, the blocks (from 0) whose outputs are wanted, too.
  public func features(blocks: [Int]) throws -> [(name: String, tensor: Tensor)] {
    guard blocks.isEmpty || entry.traits.has(.tokens) else {
      throw ConfigurationError("--blocks is for transformers: \(entry.name) has none")
    }
    if let transformer = encoder as? any TransformerEncoder {
      for block in blocks where !transformer.stack.blocks.indices.contains(block) {
        throw ConfigurationError(
          "--blocks \(block): \(entry.name) has the blocks 0 to \(transformer.stack.blocks.count - 1)")
      }
    }
    return withoutGradients { encoder.namedFeatures(images, blocks: blocks) }
  }

  /// The one tensor of a file, where an encoder can take it.
  private static func pictures(_ file: SafetensorsFile, for entry: EncoderEntry) throws -> Tensor {
    let pictures = try ImageTensor.read(file, channels: 3)
    let shape = pictures.shape
    let multiple = entry.traits.sizeMultiple
    guard !entry.traits.has(.tokens) || (shape[2] % multiple == 0 && shape[3] % multiple == 0) else {
      throw FileError(
        file.url,
        "images of \(shape[2])×\(shape[3]) do not fit \(entry.name): both sides have to be multiples of \(multiple)"
      )
    }
    return pictures.to(.float32)
  }
}
