import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Training steps of decoders over convolutional networks, which compare with the graph what parameters declare.
@Suite struct PyramidTrainingTests {
  private func make(
    _ encoder: String, _ decoder: DecoderEntry, tasks: [String] = ["a", "b", "c"], sharing: any Sharing = HardSharing(),
    size: Int = 32
  ) throws -> MultitaskNetwork {
    let plan = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(encoder), sharing: sharing, decoder: decoder,
      outputs: tasks.enumerated().map { TaskOutput(task: $1, channels: $0 + 1) },
      request: EncoderRequest(imageHeight: size, imageWidth: size))
    try plan.check()
    return MultitaskNetwork(plan, seed: 1)
  }

  /// The sum of the losses before each of some steps.
  private func train(_ network: MultitaskNetwork, _ method: MultitaskMethod, steps: Int) throws -> [Double] {
    let size = network.plan.request.imageHeight
    let images = RandomGenerator(seed: 2).normal([2, 3, size, size])
    let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: Adam())
    return try (0..<steps).map { seed in
      let context = ForwardContext.training(RandomGenerator(seed: UInt64(seed)))
      let objective = ExchangeTrainingTests.Squares(network: network, images: images, context: context)
      return try optimizer.step([objective], learningRate: 3e-3).losses.compactMap { $0 }.reduce(0, +)
    }
  }

  private func expectTraining(_ network: MultitaskNetwork, _ method: MultitaskMethod) throws {
    let losses = try train(network, method, steps: 4)
    #expect(losses.allSatisfy(\.isFinite) && losses[3] < losses[0], "\(losses)")
  }

  /// The reach of every parameter that a pattern fits.
  private func reaches(_ network: MultitaskNetwork, _ part: String) -> Set<Reach> {
    Set(network.store.allParameters.filter { $0.name.contains(part) }.map(\.scope.reach))
  }

  @Test(arguments: ["mti-net", "pad-net", "high-resolution"], [["a", "b", "c"], ["a"]])
  func decodersTrain(_ decoder: String, _ tasks: [String]) throws {
    let entry = try DecoderRegistry.shared.require(decoder)
    let methods = [
      MultitaskMethod(), MultitaskMethod(aggregator: PCGrad()), MultitaskMethod(aggregator: MGDA(), level: .features),
    ]
    for method in methods.prefix(tasks.count) {
      try expectTraining(make("resnet20_quarter", entry, tasks: tasks), method)
    }
    let parted = try make("resnet20_quarter", entry, tasks: tasks, sharing: TaskNormalizationSharing())
    #expect(parted.featureKind == .byTask)
    try expectTraining(parted, MultitaskMethod(aggregator: PCGrad()))
  }

  @Test(arguments: [
    ("resnet18_fpn", "mti-net"), ("hrnet_w18_small_v2", "mti-net"), ("hrnet_w18_small_v2_fused", "pad-net"),
    ("hrnet_w18_small_v2_nearest", "high-resolution"),
  ])
  func encodersTrain(_ encoder: String, _ decoder: String) throws {
    let entry = try DecoderRegistry.shared.require(decoder)
    for sharing: any Sharing in [HardSharing(), TaskNormalizationSharing()] {
      let network = try make(encoder, entry, tasks: ["a", "b"], sharing: sharing)
      // The coarsest maps are one pixel, of which two images are normalized: losses need not fall.
      #expect(try train(network, MultitaskMethod(), steps: 1).allSatisfy(\.isFinite))
    }
  }

  @Test(arguments: ["tasks", "channels"]) func masksAreDistributedAsAskedFor(_ masking: String) throws {
    let network = try make("resnet20_quarter", MTINet.entry.with(["masking": .text(masking)]))
    try expectTraining(network, MultitaskMethod())
    let names = network.store.state.map(\.name)
    #expect(try make("resnet20_quarter", MTINet.entry).store.state.map(\.name) == names)
  }

  /// The mask of a constant is the same for every number among which it is distributed.
  @Test func masksAddUpToOne() throws {
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
    let outputs = try ["tasks", "channels"].map { masking in
      let network = try make("resnet20_quarter", MTINet.entry.with(["masking": .text(masking)]))
      let different = network(images, .evaluation)[0].array(of: Float.self)
      withoutGradients {
        for (name, tensor) in network.store.state where name.contains("non_linear.2.") { tensor.fill(0) }
      }
      return (different, constant: network(images, .evaluation)[0].array(of: Float.self))
    }
    #expect(outputs[0].0 != outputs[1].0)
    expectClose(outputs[0].constant, outputs[1].constant, tolerance: 1e-5)
  }

  @Test func featuresBehindTheLastExchangeBelongToTasks() throws {
    let network = try make("resnet20_quarter", MTINet.entry(finalTasks: ["a", "b"]))
    let (two, three) = (Reach.tasks(["a", "b"]), Reach.everyTask)
    for part in ["backbone.", "scale_1.refinement.a", "fpm_scale_2.", "fpm_scale_1.non_linear", "fpm_scale_1.se.c"] {
      #expect(reaches(network, part) == [three], "\(part)")
    }
    for part in ["scale_0.refinement.a", "scale_0.refinement.b", "fpm_scale_1.se.a"] {
      #expect(reaches(network, part) == [two], "\(part)")
    }
    #expect(reaches(network, "scale_0.refinement.c") == [three])
    #expect(reaches(network, "self_attention.a.") == [.task("a")] && reaches(network, "heads.b.") == [.task("b")])
    #expect(reaches(network, "scale_1.decoders.c") == [.task("c")])
    #expect(reaches(network, "heads.c").isEmpty && reaches(network, "self_attention.c").isEmpty)
    try expectTraining(network, MultitaskMethod(aggregator: PCGrad()))
    let dense = try make("resnet20_quarter", PADNet.entry(finalTasks: ["a"]))
    #expect(reaches(dense, "layers.a") == [.task("a")] && reaches(dense, "layers.b") == [.tasks(["a", "b"])])
    try expectTraining(dense, MultitaskMethod(aggregator: PCGrad()))
    try expectTraining(make("resnet20_quarter", MTINet.entry(finalTasks: ["a"]), tasks: ["a", "b"]), MultitaskMethod())
  }

  /// A task alone is as beside the others, and its auxiliary predictions have the size of its output.
  @Test(arguments: ["mti-net", "pad-net"]) func anySubsetOfTasks(_ decoder: String) throws {
    let network = try make("resnet20_quarter", DecoderRegistry.shared.require(decoder))
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 48])
    let all = network(images, .evaluation)
    let features = network.features(images, for: [2], .evaluation)
    let alone = network.predictions(of: [2], from: features, size: (32, 48), .evaluation)[0]
    #expect(alone.output.array(of: Float.self) == all[2].array(of: Float.self))
    #expect(alone.auxiliary.map(\.name) == (decoder == "pad-net" ? ["initial"] : ["scale_0", "scale_1", "scale_2"]))
    for auxiliary in alone.auxiliary {
      #expect(auxiliary.output.shape == [2, 3, 32, 48] && auxiliary.weight == 1)
    }
  }

  @Test func pyramidsAreRequired() throws {
    #expect { try make("resnet18_dilated", MTINet.entry, size: 64) } throws: {
      "\($0)".contains("the decoder mti-net needs an encoder with a pyramid of feature maps, which resnet18_dilated")
    }
  }

  /// The body of a wrapped encoder starts from a plain encoder's file, and the rest keeps its values; a file of the same
  /// encoder fits whole.
  @Test(arguments: [
    ("resnet18_fpn", "resnet18", "body.", "fpn."), ("hrnet_w18_small_v2_fused", "hrnet_w18_small_v2", "0.", "1."),
  ])
  func bodiesStartFromPlainEncoders(_ name: String, _ plain: String, _ body: String, _ own: String) throws {
    func build(_ name: String, seed: UInt64) throws -> (store: ParameterStore, encoder: any PretrainedEncoder) {
      let store = ParameterStore(seed: seed)
      let encoder = try EncoderRegistry.shared.require(name).make(
        store.root, EncoderRequest(imageHeight: 32, imageWidth: 32))
      store.layOut()
      return (store, encoder as! any PretrainedEncoder)
    }
    func values(_ store: ParameterStore, _ prefix: String) -> [String: [Double]] {
      Dictionary(
        uniqueKeysWithValues: store.state.filter { $0.name.hasPrefix(prefix) }.map {
          (String($0.name.dropFirst(prefix.count)), $0.tensor.array(of: Double.self))
        })
    }
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("weights.safetensors")
      let source = try build(plain, seed: 1).store
      try Safetensors.write(source.state, to: url)
      let (store, encoder) = try build(name, seed: 2)
      let before = values(store, own)
      #expect(!before.isEmpty && values(store, body) != values(source, ""))
      let report = try encoder.loadPretrained(SafetensorsFile(contentsOf: url), into: store)
      #expect(report.missing.isEmpty && report.unused.isEmpty)
      #expect(values(store, own) == before && values(store, body) == values(source, ""))
      try Safetensors.write(store.state, to: url)
      let (second, encoderOfSecond) = try build(name, seed: 3)
      try encoderOfSecond.loadPretrained(SafetensorsFile(contentsOf: url), into: second)
      #expect(values(second, "") == values(store, ""))
    }
  }
}
