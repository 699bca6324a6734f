import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Weights that do not fit a network: the error says what they look like, and which network has these entries.
@Suite struct WeightRecognitionTests {
  private func network(_ encoder: String) throws -> MultitaskNetwork {
    MultitaskNetwork(
      NetworkPlan(
        encoder: try EncoderRegistry.shared.require(encoder), decoder: try DecoderRegistry.shared.require("last-map"),
        outputs: [TaskOutput(task: "a", channels: 1)], request: EncoderRequest(imageHeight: 32, imageWidth: 32)),
      seed: 0)
  }

  private func complaint(
    loadingInto target: String, _ entries: [(name: String, tensor: Tensor)]
  ) throws -> String {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.safetensors")
      try Safetensors.write(entries, to: url)
      do { try network(target).loadEncoder(SafetensorsFile(contentsOf: url)) } catch { return "\(error)" }
      return "nothing"
    }
  }

  private func entries(of encoder: String) throws -> [(name: String, tensor: Tensor)] {
    try network(encoder).store.state.filter { $0.name.hasPrefix("backbone.") }
      .map { (name: String($0.name.dropFirst(9)), tensor: $0.tensor) }
  }

  @Test(arguments: [
    ("resnet20_quarter", "vit_micro", "network.encoder: resnet20_quarter;"),
    ("vit_micro", "resnet18_quarter", "network.encoder: vit_micro;"),
    // The form of resizing leaves no trace in the entries, and a fused network loads those of its body.
    (
      "hrnet_w18_small_v2", "vit_micro",
      "network.encoder: hrnet_w18_small_v2 or hrnet_w18_small_v2_nearest or hrnet_w18_small_v2_fused;"
    ),
  ])
  func theNetworkThatFitsIsNamed(_ file: String, _ target: String, _ answer: String) throws {
    let found = try complaint(loadingInto: target, entries(of: file))
    #expect(found.contains("These are the entries of \(answer)"), "\(found)")
    #expect(found.contains("the first names of the file are "), "\(found)")
  }

  @Test func unknownEntriesAreShown() throws {
    let names = (0..<20).map { "tower.\(10 + $0).weight" }
    let found = try complaint(loadingInto: "vit_micro", names.map { (name: $0, tensor: .ones([2])) })
    #expect(found.contains("No encoder has these entries: the first names of the file are tower.10.weight"), "\(found)")
    #expect(found.contains("tower.19.weight") && !found.contains("tower.20.weight"), "\(found)")
  }
}
