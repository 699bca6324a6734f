import Foundation
import MultitaskLearning
import NeuralNetworks
import Torch
import VisionNetworks

/// Runs an encoder of known weights over a batch of pictures and keeps its features: `polymath encode`.
public struct FeatureExport {
  private let encoder: any Encoder
  private let entry: EncoderEntry
  private let images: Tensor

  /// - Parameters:
  ///   - model: a name of ``EncoderRegistry``.
  ///   - weights: a state dict with timm's or torchvision's names.
  ///   - input: a file with one tensor, batch × 3 × height × width, as the network takes it.
  /// - Throws: what is wrong with the name or the files.
  public init(model: String, weights: URL, input: URL) throws {
    guard let entry = EncoderRegistry.entry(model) else {
      throw ConfigurationError(unknownName("model", model, among: EncoderRegistry.names))
    }
    self.entry = entry
    let inputFile = try SafetensorsFile(contentsOf: input)
    guard inputFile.names.count == 1 else {
      throw FileError(input, "holds \(inputFile.names.count) tensors, but one is expected: batch × 3 × height × width")
    }
    let pictures = try inputFile.tensor(inputFile.names[0])
    guard pictures.dtype.isNumeric else {
      throw FileError(input, "holds \(pictures.dtype), but pictures are numbers")
    }
    images = pictures.to(.float32)
    let shape = images.shape
    guard shape.count == 4, shape[1] == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw FileError(input, "'\(inputFile.names[0])' is \(shape), but batch × 3 × height × width is expected")
    }
    guard !entry.isTransformer || (shape[2] % entry.sizeMultiple == 0 && shape[3] % entry.sizeMultiple == 0) else {
      throw FileError(
        input,
        "pictures of \(shape[2])×\(shape[3]) do not fit \(entry.name): both sides have to be multiples of \(entry.sizeMultiple)"
      )
    }
    let weightFile = try SafetensorsFile(contentsOf: weights)
    let store = ParameterStore(seed: 0)
    let size = try Self.learnedSize(entry, weightFile, images)
    encoder = entry.make(store.root, imageHeight: size.height, imageWidth: size.width)
    store.layOut()
    try weightFile.requirePlainTransformer()
    try store.load(weightFile, strictness: .allowingUnexpected)
  }

  /// - Parameter blocks: for transformers, the blocks (from 0) whose outputs are wanted, too.
  public func features(blocks: [Int]) throws -> [(name: String, tensor: Tensor)] {
    guard blocks.isEmpty || entry.isTransformer else {
      throw ConfigurationError("--blocks is for transformers: \(entry.name) has none")
    }
    if let transformer = encoder as? VisionTransformer {
      for block in blocks where !transformer.stack.blocks.indices.contains(block) {
        throw ConfigurationError(
          "--blocks \(block): \(entry.name) has the blocks 0 to \(transformer.stack.blocks.count - 1)")
      }
    }
    return withoutGradients { encoder.namedFeatures(images, blocks: blocks) }
  }

  /// The size that the file's positions were learned for: a square where their number is one, otherwise the
  /// pictures' own size, which then has to agree.
  private static func learnedSize(
    _ entry: EncoderEntry, _ weights: SafetensorsFile, _ images: Tensor
  ) throws -> (height: Int, width: Int) {
    let (height, width, patch) = (images.shape[2], images.shape[3], entry.sizeMultiple)
    guard entry.isTransformer, let shape = weights.shape(of: "pos_embed"), shape.count == 3, !shape.contains(0)
    else { return (height, width) }
    let side = Int(Double(shape[1] - 1).squareRoot().rounded())
    if side > 0, side * side == shape[1] - 1 { return (side * patch, side * patch) }
    guard shape[1] - 1 == (height / patch) * (width / patch) else {
      throw FileError(
        weights.url, "has \(shape[1] - 1) positions, neither a square nor those of pictures of \(height)×\(width)")
    }
    return (height, width)
  }
}
