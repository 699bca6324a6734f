import ArgumentParser
import Experiments
import Foundation
import Torch

struct Encode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run an encoder over pictures and save its features.",
    discussion: """
      The input holds one tensor, batch × 3 × height × width, as the network takes it (already normalised). \
      Transformers give `tokens` and, for --blocks 0,6,11, `block0`, `block6`, `block11`; ResNets give `layer1` to \
      `layer4`. A classifier in the weights is left out; any other entry that the encoder lacks belongs to another \
      architecture, and the file is refused.
      """)

  @Argument(help: "The encoder: vit_tiny_patch16_224, resnet18, ….")
  var model: String

  @Option(
    help: "Weights with timm's or torchvision's names, safetensors.", completion: .file(extensions: ["safetensors"]))
  var weights: String

  @Option(help: "A safetensors file with the pictures.", completion: .file(extensions: ["safetensors"]))
  var input: String

  @Option(help: "The safetensors file to write.", completion: .file(extensions: ["safetensors"]))
  var output: String

  @Option(help: "Blocks of a transformer, from 0, separated by commas.")
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
