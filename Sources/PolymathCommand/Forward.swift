import ArgumentParser
import Experiments
import Foundation
import Torch

struct Forward: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a network of any parts on given tensors and save what it gives.",
    discussion: """
      The network is a YAML file: network: {encoder: …, decoder: …, sharing: …} as in a configuration, and \
      tasks: {NAME: channels, …}. The output holds every task's prediction by its name, predictions from within the \
      network and feature maps of the encoder by the names of public code (deep_supervision.scale_3.depth, backbone.0); \
      with --training also all running statistics after the pass.
      """)

  @Option(help: "The network and its tasks: a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var network: String

  @Option(
    help: "A safetensors file with all entries of the network.", completion: .file(extensions: ["safetensors"]))
  var weights: String

  @Option(
    help: "A safetensors file with one tensor, batch × channels × height × width.",
    completion: .file(extensions: ["safetensors"]))
  var input: String

  @Option(help: "The safetensors file to write.", completion: .file(extensions: ["safetensors"]))
  var output: String

  @Flag(help: "Normalize by the batch's own statistics, and drop features, as in training.")
  var training = false

  @Option(help: "The seed of what is dropped in training.")
  var seed: UInt64 = 0

  func validate() throws {
    let target = URL(fileURLWithPath: output)
    for (option, path) in [("--network", network), ("--weights", weights), ("--input", input)]
    where target.isSameFile(as: URL(fileURLWithPath: path)) {
      throw ValidationError("--output is the file of \(option), '\(path)': it would be lost")
    }
  }

  func run() throws {
    let forward = try NetworkForward(
      NetworkDescription(contentsOf: URL(fileURLWithPath: network)), weights: URL(fileURLWithPath: weights),
      input: URL(fileURLWithPath: input))
    let results = try forward.results(isTraining: training, seed: seed)
    try Safetensors.write(results, to: URL(fileURLWithPath: output))
    for (name, tensor) in results { print("\(name) \(tensor.signature)") }
  }
}
