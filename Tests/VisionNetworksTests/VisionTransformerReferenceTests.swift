import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite(.serialized) struct VisionTransformerReferenceTests {
  private func make(
    _ configuration: VisionTransformer.Configuration
  ) -> (store: ParameterStore, network: VisionTransformer) {
    let store = ParameterStore(seed: 0)
    let network = VisionTransformer(store.root, configuration)
    store.layOut()
    FillFormula.fill(store)
    return (store, network)
  }

  @Test(arguments: [
    ("vit_tiny_patch16_224", VisionTransformer.Configuration.tiny),
    ("vit_small_patch16_224", .small), ("vit_base_patch16_224", .base), ("vit_large_patch16_224", .large),
  ])
  func featuresAndGradients(_ name: String, _ configuration: VisionTransformer.Configuration) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("\(name).json"))
    let (store, network) = make(configuration)
    try expectEntries(store, matchList: "keys_\(name)")
    let image = FillFormula.image("input", reference["input"].ints)
    let blocks = reference["blocks_recorded"].ints
    withoutGradients {
      for (feature, tensor) in network.namedFeatures(image, blocks: blocks) {
        expect(tensor, matches: reference["out"][feature], "\(name) \(feature)")
      }
    }
    guard reference.has("gradients") else { return }
    expectGradients(of: network, store, reference["gradients"], name)
  }

  /// The gradients of mean(tokens²) and mean(tokens · probe).
  private func expectGradients(
    of network: VisionTransformer, _ store: ParameterStore, _ reference: Reference, _ name: String
  ) {
    let image = FillFormula.image("input", reference["input"].ints)
    image.requiresGradient = true
    let tokens = network.namedFeatures(image, blocks: []).last!.tensor
    let losses = reference["losses"]
    for kind in losses.keys {
      let loss =
        kind == "mean_sq"
        ? tokens.squared().mean()
        : (tokens * Tensor(FillFormula.unit("probe", count: tokens.count), shape: tokens.shape)).mean()
      #expect(abs(loss.item - losses[kind]["loss"].double) < 1e-5, "\(name) \(kind)")
      let names = losses[kind]["grad"].keys
      let inputs = names.map { $0 == "input" ? image : store.entry($0)! }
      for (gradientName, gradient) in paired(names, gradients(of: [loss], withRespectTo: inputs, graph: .retain)) {
        expect(
          gradient!, matches: losses[kind]["grad"][gradientName], "\(name) \(kind) gradient of \(gradientName)",
          tolerance: 3)
      }
    }
  }

  @Test func microAtThreeSizes() throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("vit_micro.json"))
    for variant in reference["variants"].keys {
      let record = reference["variants"][variant]
      var configuration = VisionTransformer.Configuration.micro
      let size =
        record["img_size"].value as? [Any] != nil
        ? record["img_size"].ints : [record["img_size"].int, record["img_size"].int]
      configuration.imageHeight = size[0]
      configuration.imageWidth = size[1]
      let (_, network) = make(configuration)
      let image = FillFormula.image("input", record["input"].ints)
      withoutGradients {
        for (feature, tensor) in network.namedFeatures(image, blocks: [0, 1, 2]) {
          expect(tensor, matches: record["out"][feature], "\(variant) \(feature)")
        }
      }
    }
    let (store, network) = make(.micro)
    try expectEntries(store, matchList: "keys_vit_micro")
    expectGradients(of: network, store, reference["gradients"], "vit_micro")
  }

  @Test(arguments: [
    ("sel_invpt_taskprompter", Interpolation.bicubic), ("dpt", .bilinear),
  ])
  func positionsAreResizedAsPublicCodesDo(_ code: String, _ interpolation: Interpolation) throws {
    let reference = try Reference(contentsOf: resources.appendingPathComponent("pos_embed_resize.json"))
    let positions = Tensor(reference["full_input"].flatDoubles.map { Float($0) }, shape: [1, 17, 8])
    for (rows, columns) in [(4, 6), (6, 3)] {
      let name = "\(code)_\(rows)x\(columns)"
      let (_, network) = make(
        VisionTransformer.Configuration(
          width: 8, depth: 1, heads: 2, imageHeight: rows * 16, imageWidth: columns * 16,
          positionResizing: interpolation))
      let resized = network.resizedPositions(positions, rows: 4, columns: 4)
      #expect(resized.shape == [1, 1 + rows * columns, 8])
      expectClose(resized.array(of: Double.self), reference[name]["full"].flatDoubles, tolerance: 2e-6, name)
    }
  }
}
