import ArgumentParser
import Experiments
import Foundation
import Torch

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run an encoder on images and save its features.",
    discussion: """
      The input holds one tensor, batch × 3 × height × width, normalized as the network expects it. \
      Transformers give `tokens` and, for --blocks 0,6,11, `block0`, `block6`, `block11`; ResNets give `layer1` to \
      `layer4`. A classifier in the weights is left out; any other entry that the encoder lacks belongs to another \
      architecture, so the file is refused.
      """)

  @Argument(help: "The name of the encoder, such as vit_tiny_patch16_224 or resnet18.")
  var model: String

  @Option(
    help: "A safetensors file of weights with the names of timm or torchvision.",
    completion: .file(extensions: ["safetensors"]))
  var weights: String

  @Option(help: "A safetensors file with the images.", completion: .file(extensions: ["safetensors"]))
  var input: String

  @Option(help: "The safetensors file to write.", completion: .file(extensions: ["safetensors"]))
  var output: String

  @Option(help: "Blocks of a transformer whose outputs are saved, counted from 0 and separated by commas.")
  var blocks: String?

  func validate() throws {
    let target = URL(fileURLWithPath: output)
    for (option, path) in [("--weights", weights), ("--input", input)]
    where target.isSameFile(as: URL(fileURLWithPath: path)) {
      throw ValidationError("--output is the file of \(option), '\(path)': it would be lost")
    }
  }

  func run() throws {
    let blocks = try (blocks ?? "").split(separator: ",").map { text in
      guard let block = Int(text.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError("--blocks '\(text)': whole numbers separated by commas are expected")
      }
      return block
    }
    let export = try FeatureExport(
      model: model, weights: URL(fileURLWithPath: weights), input: URL(fileURLWithPath: input))
    let features = try export.features(blocks: blocks)
    try Safetensors.write(features, to: URL(fileURLWithPath: output))
    for (name, tensor) in features { print("\(name) \(tensor.signature)") }
  }
}
