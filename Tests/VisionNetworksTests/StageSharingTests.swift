import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Laws of networks in which tasks share an encoder by its stages.
@Suite(.serialized) struct StageSharingTests {
  private static let tasks = ["a", "b", "c"]

  private func make(
    _ encoder: String, _ sharing: any Sharing, _ decoder: DecoderEntry = LastMapHead.entry,
    tasks: [String] = StageSharingTests.tasks, size: Int = 32, seed: UInt64 = 1
  ) throws -> MultitaskNetwork {
    let plan = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(encoder), sharing: sharing, decoder: decoder,
      outputs: tasks.enumerated().map { TaskOutput(task: $1, channels: $0 + 1) },
      request: EncoderRequest(imageHeight: size, imageWidth: size))
    try plan.check()
    return MultitaskNetwork(plan, seed: seed)
  }

  private func values(_ tensor: Tensor) -> [Float] { tensor.array(of: Float.self) }

  private static let encoders = [
    "resnet20_quarter", "hrnet_w18_small_v2", "segnet", "resnet18_fpn", "hrnet_w18_small_v2_fused",
  ]

  /// With factors of one and zero, every task has the network that it would have alone.
  @Test(arguments: encoders, [CrossStitchSharing.Factors.channels, .pairs])
  func unmixedTasksAreAlone(_ encoder: String, _ factors: CrossStitchSharing.Factors) throws {
    let tasks = ["a", "b"]
    let sharing = CrossStitchSharing(
      factors, start: CrossStitchSharing.Start(own: 1, other: 0),
      places: ExchangePlaces(afterStem: true, afterEnd: true))
    let network = try make(encoder, sharing, MultiScaleHead.entry, tasks: tasks)
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
    try withoutGradients {
      let all = network(images, .evaluation)
      for (index, task) in tasks.enumerated() {
        let alone = try make(encoder, HardSharing(), MultiScaleHead.entry, tasks: tasks, seed: 3)
        for (name, tensor) in alone.store.state {
          let own = name.hasPrefix("backbone.") ? "backbone.\(task)." + name.dropFirst(9) : name
          tensor.copy(from: network.store.entry(own)!)
        }
        #expect(values(alone(images, tasks: [index], .evaluation)[0]) == values(all[index]))
      }
    }
  }

  /// Every way of sharing trains on every family of encoders that permits it, and as a method with rows asks.
  @Test(arguments: encoders, ["cross-stitch", "nddr", "mtan"])
  func networksTrain(_ encoder: String, _ name: String) throws {
    let entry = try SharingRegistry.shared.require(name)
    let sharing = try entry.make(name == "cross-stitch" ? ["end": .text("false")] : [:], tasks: Self.tasks)
    let traits = try EncoderRegistry.shared.require(encoder).traits
    guard sharing.requirements.isSubset(of: traits.capabilities) else {
      #expect { _ = try make(encoder, sharing) } throws: {
        "\($0)".contains("needs an encoder with layers to which tasks can attend, which \(encoder) does not have")
      }
      return
    }
    let isLarge = !encoder.hasPrefix("resnet20")
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
    for method in [MultitaskMethod(aggregator: PCGrad()), MultitaskMethod()].suffix(isLarge ? 1 : 2) {
      let network = try make(encoder, sharing, tasks: isLarge ? ["a", "b"] : Self.tasks)
      #expect(network.featureKind == .byTask)
      let groups = OptimizerGroups().completed(by: network.optimizerGroups)
      let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: Adam(), groups: groups)
      var losses: [Double] = []
      for seed in 0..<(isLarge ? 2 : 4) {
        let context = ForwardContext.training(RandomGenerator(seed: UInt64(seed)))
        let objective = ExchangeTrainingTests.Squares(network: network, images: images, context: context)
        losses.append(try optimizer.step([objective], learningRate: 1e-3).losses.compactMap { $0 }.reduce(0, +))
      }
      #expect(losses.allSatisfy(\.isFinite) && losses.last! < losses[0], "\(encoder) \(name): \(losses)")
    }
  }

  private func reaches(_ network: MultitaskNetwork, _ part: String) -> Set<Reach> {
    Set(network.store.allParameters.filter { $0.name.contains(part) }.map(\.scope.reach))
  }

  @Test func whatLiesBehindTheLastExchangeBelongsToTasks() throws {
    let between = ExchangePlaces(afterStem: false, afterEnd: false)
    let open = try make("resnet20_quarter", CrossStitchSharing(places: between))
    #expect(reaches(open, "backbone.a.layer3") == [.task("a")] && reaches(open, "backbone.a.layer2") == [.everyTask])
    #expect(reaches(open, "layer3.cross_stitch_unit").isEmpty)
    let closed = try make("resnet20_quarter", CrossStitchSharing())
    #expect(reaches(closed, "backbone.b.") == [.everyTask] && reaches(closed, "layer1.cross_stitch") == [.everyTask])
    #expect(reaches(closed, "layer3.cross_stitch_unit.b") == [.task("b")])
    // The decoders start from the maps of every step.
    let scales = try make("resnet20_quarter", CrossStitchSharing(places: between), MultiScaleHead.entry)
    #expect(
      reaches(scales, "backbone.a.layer3") == [.task("a")] && reaches(scales, "backbone.a.layer2") == [.everyTask])
    let joined = try make("resnet20_quarter", NDDRSharing())
    #expect(reaches(joined, "nddr.conv.layer.a") == [.everyTask])
    #expect(reaches(joined, "nddr.layer3.layer.a") == [.task("a")])
    let attended = try make("resnet20_quarter", AttentionSharing())
    #expect(reaches(attended, "backbone.") == [.everyTask] && reaches(attended, "refine_") == [.everyTask])
    #expect(reaches(attended, "attention_1.c") == [.task("c")])
    #expect(Set(open.store.allParameters.filter { $0.name.contains("cross_") }.map(\.scope.group)) == ["cross-stitch"])
    #expect(Set(joined.store.allParameters.filter { $0.name.contains("nddr.") }.map(\.scope.group)) == ["nddr"])
  }

  @Test(arguments: ["cross-stitch", "nddr", "mtan"]) func someTasksAreAsAmongAll(_ name: String) throws {
    let sharing = try SharingRegistry.shared.require(name).make(tasks: Self.tasks)
    let network = try make("resnet20_quarter", sharing, MultiScaleHead.entry)
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
    withoutGradients {
      let all = network(images, .evaluation)
      for (task, output) in paired([2, 0], network(images, tasks: [2, 0], .evaluation)) {
        #expect(values(output) == values(all[task]))
      }
    }
  }

  /// In a pass of training, what all tasks share normalizes once for each of them, and NDDR's running statistics follow
  /// at 0.05.
  @Test func statisticsAfterAPass() throws {
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
    let training = ForwardContext.training(RandomGenerator(seed: 0))
    let attended = try make("resnet20_quarter", AttentionSharing())
    let joined = try make("resnet20_quarter", NDDRSharing())
    withoutGradients {
      _ = attended(images, training)
      #expect(attended.store.entry("refine_1.0.bn1.num_batches_tracked")!.item == 3)
      #expect(attended.store.entry("attention_1.b.1.num_batches_tracked")!.item == 1)
      #expect(attended.store.entry("backbone.bn1.num_batches_tracked")!.item == 1)
      _ = joined(images, training)
      let mean = joined.store.entry("nddr.conv.layer.b.1.running_mean")!
      let stems = Self.tasks.map { task in
        let store = joined.store
        let output = images.convolved(store.entry("backbone.\(task).conv1.weight")!, nil, padding: 1)
        let means = output.mean(axes: [0, 2, 3], keepingAxes: true)
        let centered = output - means
        let variance = centered.squared().mean(axes: [0, 2, 3], keepingAxes: true)
        return (centered / (variance + 1e-5).sqrt()).relu().mean(axes: [0, 2, 3])
      }
      let expected = stems[1] * (0.05 * 0.9) + (stems[0] + stems[2]) * (0.05 * 0.1)
      expectClose(mean.array(of: Double.self), expected.array(of: Double.self), tolerance: 1e-6)
    }
  }

  /// Every task's encoder starts from the same pretrained weights; what mixes maps keeps its values.
  @Test(arguments: ["cross-stitch", "nddr", "mtan"]) func pretrainedWeights(_ name: String) throws {
    try withTemporaryFolder { folder in
      let plain = try make("resnet20_quarter", HardSharing(), seed: 5)
      let entries = plain.store.state.filter { $0.name.hasPrefix("backbone.") }
      let url = folder.appendingPathComponent("plain.safetensors")
      try Safetensors.write(entries.map { (String($0.name.dropFirst(9)), $0.tensor) }, to: url)
      let sharing = try SharingRegistry.shared.require(name).make(tasks: Self.tasks)
      let network = try make("resnet20_quarter", sharing)
      let others = network.store.state.filter { !$0.name.hasPrefix("backbone.") }.map { ($0.name, values($0.tensor)) }
      let report = try network.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(report.missing.isEmpty && report.unused.isEmpty)
      for column in name == "mtan" ? [""] : Self.tasks.map({ $0 + "." }) {
        let weight = network.store.entry("backbone.\(column)layer2.1.conv1.weight")!
        #expect(values(weight) == values(plain.store.entry("backbone.layer2.1.conv1.weight")!))
      }
      for (name, before) in others { #expect(values(network.store.entry(name)!) == before) }
    }
  }
}
