import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite struct MultitaskNetworkTests {
  private func make(
    _ tasks: [String], decoder: String = "multi-scale", encoder: String = "vit_micro",
    sharing: any Sharing = HardSharing(), size: (height: Int, width: Int) = (32, 64), seed: UInt64 = 1
  ) -> MultitaskNetwork {
    make(
      tasks.map { TaskOutput(task: $0, channels: 2) }, decoder: decoder, encoder: encoder, sharing: sharing, size: size,
      seed: seed)
  }

  private func make(
    _ outputs: [TaskOutput], decoder: String, encoder: String, sharing: any Sharing, size: (height: Int, width: Int),
    seed: UInt64
  ) -> MultitaskNetwork {
    MultitaskNetwork(
      NetworkPlan(
        encoder: EncoderRegistry.shared.entry(encoder)!, sharing: sharing,
        decoder: DecoderRegistry.shared.entry(decoder)!, outputs: outputs,
        request: EncoderRequest(imageHeight: size.height, imageWidth: size.width)), seed: seed)
  }

  @Test func anySubsetOfTasks() {
    let network = make(["a", "b", "c"])
    let images = RandomGenerator(seed: 1).normal([2, 3, 32, 64])
    let all = network(images, .evaluation)
    let some = network(images, tasks: [2, 0], .evaluation)
    #expect(all.map(\.shape) == [[2, 2, 32, 64], [2, 2, 32, 64], [2, 2, 32, 64]])
    #expect(some[0].array(of: Float.self) == all[2].array(of: Float.self))
    #expect(some[1].array(of: Float.self) == all[0].array(of: Float.self))
  }

  @Test func vectorsAreTheTrunkAndEveryTask() {
    let network = make(["a", "b"])
    #expect(network.store.vectors.map(\.reach) == [.everyTask, .task("a"), .task("b")])
    #expect(make(["only"]).store.vectors.count == 2)
  }

  @Test(arguments: ["multi-scale", "convolution", "aspp", "plain", "high-resolution"], ["vit_micro", "resnet18"])
  func everyDecoderOnEveryKindOfEncoder(_ decoder: String, _ encoder: String) {
    let network = make(["a"], decoder: decoder, encoder: encoder)
    let images = RandomGenerator(seed: 1).normal([2, 3, 64, 96])
    #expect(network(images, .training(RandomGenerator(seed: 1)))[0].shape == [2, 2, 64, 96])
  }

  /// Maps of several sizes: convolving first and resizing afterwards is the same function.
  @Test func scalesMayBeConvolvedBeforeTheyAreResized() {
    let store = ParameterStore(seed: 3)
    let head = MultiScaleHead(store.root, inputs: [4, 6], channels: 3)
    store.layOut()
    let generator = RandomGenerator(seed: 4)
    let features = [generator.normal([2, 4, 8, 12]), generator.normal([2, 6, 4, 6])]
    let found = head(features, size: (16, 24), .evaluation)
    let side = Tensor.concatenated([features[0], features[1].resized(height: 8, width: 12, .bilinear)], axis: 1)
    let expected = side.convolved(store.entry("linear_pred.weight")!, store.entry("linear_pred.bias")!)
      .resized(height: 16, width: 24, .bilinear)
    #expect((found - expected).abs().max().item < 1e-5)
  }

  @Test func pretrainedEncodersLoadWithoutTheirClassifier() throws {
    try withTemporaryFolder { folder in
      let store = ParameterStore(seed: 9)
      var configuration = ResNet.Configuration.resNet18
      configuration.classes = 10
      _ = ResNet(store.root, configuration)
      store.layOut()
      let url = folder.appendingPathComponent("resnet18.safetensors")
      try Safetensors.write(store.state.map { ($0.name, $0.tensor) }, to: url)
      let network = make(["a"], encoder: "resnet18")
      let report = try network.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(report.unexpected.isEmpty && Set(report.unused) == ["fc.weight", "fc.bias"])
      #expect(
        network.store.entry("backbone.conv1.weight")!.array(of: Float.self)
          == store.entry("conv1.weight")!.array(of: Float.self))
      #expect { try make(["a"]).loadEncoder(SafetensorsFile(contentsOf: url)) } throws: {
        "\($0)".contains("not this network's weights")
      }
    }
  }

  @Test func pretrainedPositionsAreResized() throws {
    try withTemporaryFolder { folder in
      let store = ParameterStore(seed: 9)
      _ = VisionTransformer(store.root, .micro)
      store.layOut()
      let url = folder.appendingPathComponent("vit.safetensors")
      try Safetensors.write(store.state.map { ($0.name, $0.tensor) }, to: url)
      let network = make(["a"])
      try network.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(network.store.entry("backbone.pos_embed")!.shape == [1, 1 + 4 * 8, 48])
    }
  }

  /// Every task starts from the file's normalization, so that the network is the plain one at first, for every task.
  @Test(arguments: [
    ("resnet18", "multi-scale", 20, "bn1"), ("segnet", "plain", 26, "encoder_block.0.1"),
    ("hrnet_w18_small_v2", "high-resolution", 144, "stage4.1.fuse_layers.3.0.1.1"),
  ])
  func tasksStartFromTheSameNormalization(
    _ encoder: String, _ decoder: String, _ convolutionCount: Int, _ normalization: String
  ) throws {
    try withTemporaryFolder { folder in
      let plain = make(["a", "b"], decoder: decoder, encoder: encoder)
      let images = RandomGenerator(seed: 2).normal([2, 3, 64, 64])
      // Statistics that are not those of a fresh network.
      _ = plain(images, .training(RandomGenerator(seed: 3)))
      let url = folder.appendingPathComponent("weights.safetensors")
      let entries = plain.store.state.filter { $0.name.hasPrefix("backbone.") }
      try Safetensors.write(entries.map { (String($0.name.dropFirst(9)), $0.tensor) }, to: url)
      let network = make(
        ["a", "b"], decoder: decoder, encoder: encoder, sharing: TaskNormalizationSharing(), size: (64, 64), seed: 9)
      let report = try network.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(report.missing.isEmpty && report.unexpected.isEmpty)
      let expected = plain.features(images, for: [0, 1], .evaluation)
      let found = network.features(images, for: [1, 0], .evaluation)
      #expect(expected.kind == .shared && found.kind == .byTask && network.featureKind == .byTask)
      for task in 0..<2 {
        for (feature, reference) in paired(found.maps(of: task), expected.maps(of: task)) {
          #expect((feature - reference).abs().max().item < 1e-4 * reference.abs().max().item)
        }
      }
      // Each convolution has a normalization for each task, which that task alone owns.
      #expect(network.normalizedConvolutions.count == convolutionCount)
      #expect(
        network.store.allParameters.filter { $0.name.hasPrefix("backbone.") && $0.scope.reach == .task("a") }.count == 2
          * convolutionCount)
      // Training one task leaves the other's statistics alone.
      let before = network.store.entry("backbone.\(normalization).b.running_mean")!.copied()
      _ = network(images, tasks: [0], .training(RandomGenerator(seed: 3)))
      #expect((network.store.entry("backbone.\(normalization).b.running_mean")! - before).abs().max().item == 0)
      #expect((network.store.entry("backbone.\(normalization).a.running_mean")! - before).abs().max().item > 0)
    }
  }

  /// Small batches are evaluated for all tasks at once.
  @Test(arguments: [("resnet18", "multi-scale"), ("segnet", "plain")])
  func tasksAtOnceAreAsOneByOne(_ encoder: String, _ decoder: String) {
    let network = make(
      ["a", "b", "c"], decoder: decoder, encoder: encoder, sharing: TaskNormalizationSharing(), size: (64, 96), seed: 9)
    let images = RandomGenerator(seed: 2).normal([2, 3, 64, 96])
    // The tasks' statistics and normalizations differ.
    for task in 0..<3 {
      _ = network(images * (1 + Double(task)) + Double(task), tasks: [task], .training(RandomGenerator(seed: 3)))
    }
    withoutGradients {
      for parameter in network.store.allParameters where parameter.shape.count == 1 {
        parameter.value.add(inPlace: RandomGenerator(seed: 4).normal(parameter.shape, deviation: 0.2))
      }
      let together = network(images, tasks: [2, 0, 1], .evaluation)
      for (task, found) in paired([2, 0, 1], together) {
        let alone = network(images, tasks: [task], .evaluation)[0]
        // Rounding may change which of four pixels SegNet remembers as the largest.
        #expect((found - alone).norm().item < 2e-3 * alone.norm().item)
        let other = network(images, tasks: [(task + 1) % 3], .evaluation)[0]
        #expect((found - other).norm().item > 2e-2 * alone.norm().item)
      }
    }
  }

  /// Modulator and one token for each task and grown layer, one-by-one heads, at the data sets' sizes of pictures: the
  /// paper's percentages.
  @Test(arguments: [
    ("vit-tiny", ["semseg": 40, "depth": 1, "normals": 3, "edge": 1], (448, 576), 6, 0.24, 2),
    ("vit-tiny", ["semseg": 21, "human_parts": 7, "sal": 2, "normals": 3, "edge": 1], (512, 512), 6, 0.30, 2),
    ("vit-tiny", taskonomy, (256, 256), 4, 0.46, 2), ("vit-small", taskonomy, (256, 256), 4, 0.23, 2),
    ("vit-large", taskonomy, (256, 256), 8, 0.089, 3),
  ])
  func growthIsAsSmallAsPublished(
    _ encoder: String, _ tasks: [String: Int], _ size: (height: Int, width: Int), _ layerCount: Int,
    _ percentage: Double, _ digits: Int
  ) {
    let network = make(
      tasks.sorted { $0.key < $1.key }.map { TaskOutput(task: $0.key, channels: $0.value) }, decoder: "multi-scale",
      encoder: encoder, sharing: HardSharing(), size: size, seed: 1)
    let before = network.store.parameterCount
    let layers = Array(0..<layerCount)
    network.transformer!.grow(TokenGrowth(modulatedLayers: layers, expandedLayers: layers), tasks: network.tasks)
    network.store.layOut()
    let growth = network.store.parameterCount - before
    let shift = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    #expect((100 * Double(growth) / Double(before) * shift).rounded() / shift == percentage)
  }

  private static let taskonomy = Dictionary(
    uniqueKeysWithValues: [1, 1, 1, 1, 1, 1, 3, 2, 3, 1, 1].enumerated().map { ("task\($0)", $1) })

  @Test func grownNetworksGiveWhatPlainOnesGave() {
    let (plain, grown) = (make(["a", "b"]), make(["a", "b"]))
    grown.transformer!.grow(TokenGrowth(modulatedLayers: [1], expandedLayers: []), tasks: grown.tasks)
    grown.store.layOut()
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 64])
    let weight = RandomGenerator(seed: 3).normal([2, 2, 32, 64])
    func lossGradients(_ network: MultitaskNetwork) -> [Tensor?] {
      let outputs = network(images, .training(RandomGenerator(seed: 1)))
      return gradients(
        of: outputs.map { ($0 * weight).mean() },
        withRespectTo: plain.store.allParameters.map { network.store.entry($0.name)! })
    }
    for (a, b) in paired(plain(images, .evaluation), grown(images, .evaluation)) {
      expectClose(a, b, tolerance: 1e-5)
    }
    let pairs = Array(paired(lossGradients(plain), lossGradients(grown)))
    for (name, pair) in paired(plain.store.allParameters.map(\.name), pairs) {
      #expect((pair.0! - pair.1!).norm().item < 1e-4 * max(1e-3, pair.0!.norm().item), "\(name)")
    }
    let features = grown.features(images, for: [1], .evaluation)
    #expect(grown.featureKind == .byTask && features.kind == .byTask && features.maps(of: 1).count == 4)
  }

  @Test func weightsOfGrownTransformersAreNoPlainOnes() throws {
    try withTemporaryFolder { folder in
      let grown = make(["a", "b"])
      grown.transformer!.grow(TokenGrowth(modulatedLayers: [1], expandedLayers: [2]), tasks: grown.tasks)
      grown.store.layOut()
      let url = folder.appendingPathComponent("grown.safetensors")
      let entries = grown.store.state.filter { $0.name.hasPrefix("backbone.") }
      try Safetensors.write(entries.map { (String($0.name.dropFirst(9)), $0.tensor) }, to: url)
      #expect { try make(["a", "b"]).loadEncoder(SafetensorsFile(contentsOf: url)) } throws: {
        "\($0)".contains("holds a transformer that grew")
      }
    }
  }
}
