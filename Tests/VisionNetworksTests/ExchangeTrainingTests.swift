import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// Training steps of networks of whose parameters some belong to tasks, and others to an exchange between tasks: the
/// step compares with the graph what each declares.
@Suite struct ExchangeTrainingTests {
  /// The mean squares of all predictions, also of those from within the network.
  struct Squares: MultitaskObjective {
    let network: MultitaskNetwork
    let images: Tensor
    let context: ForwardContext

    var tasks: [String] { network.tasks }
    var featureKind: Features.Kind { network.featureKind }
    var generator: RandomGenerator? { context.generator }

    func features(for tasks: [Int]) -> Features { network.features(images, for: tasks, context) }

    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      network.predictions(of: tasks, from: features, size: (images.shape[2], images.shape[3]), context).map {
        $0.auxiliary.reduce(($0.output - 1).squared().mean()) { $0 + ($1.output - 1).squared().mean() * $1.weight }
      }
    }
  }

  private func make(_ encoder: String, _ decoder: DecoderEntry, tasks: [String], size: Int) throws -> MultitaskNetwork {
    try make(EncoderRegistry.shared.require(encoder), decoder, tasks: tasks, size: size)
  }

  private func make(
    _ encoder: EncoderEntry, _ decoder: DecoderEntry, tasks: [String], size: Int, seed: UInt64 = 1
  ) throws -> MultitaskNetwork {
    let plan = NetworkPlan(
      encoder: encoder, decoder: decoder,
      outputs: tasks.enumerated().map { TaskOutput(task: $1, channels: $0 + 1) },
      request: EncoderRequest(imageHeight: size, imageWidth: size, dropPath: 0.1))
    try plan.check()
    #expect(size % plan.sizeMultiple == 0)
    return MultitaskNetwork(plan, seed: seed)
  }

  private func expectTraining(_ network: MultitaskNetwork, _ method: MultitaskMethod) throws {
    let size = network.plan.request.imageHeight
    let images = RandomGenerator(seed: 2).normal([2, 3, size, size])
    let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: Adam())
    var losses: [Double] = []
    for seed in 0..<4 {
      let context = ForwardContext.training(RandomGenerator(seed: UInt64(seed)))
      let objective = Squares(network: network, images: images, context: context)
      losses.append(try optimizer.step([objective], learningRate: 3e-3).losses.compactMap { $0 }.reduce(0, +))
    }
    #expect(losses.allSatisfy(\.isFinite) && losses[3] < losses[0], "\(losses)")
  }

  /// The reach of every parameter that a pattern fits.
  private func reaches(_ network: MultitaskNetwork, _ part: String) -> Set<Reach> {
    Set(network.store.allParameters.filter { $0.name.contains(part) }.map(\.scope.reach))
  }

  private static let small: [String: [String: MethodSetting]] = [
    "dpt": ["features": .number(8)], "dpt-depth": ["features": .number(8)],
    "invpt": ["width": .number(8), "extraChannels": .number(8)],
  ]

  @Test(arguments: ["dpt", "dpt-depth", "invpt"], [["a", "b", "c"], ["a"]])
  func decodersTrain(_ decoder: String, _ tasks: [String]) throws {
    let entry = try DecoderRegistry.shared.require(decoder).with(Self.small[decoder] ?? [:])
    let methods = [
      MultitaskMethod(), MultitaskMethod(aggregator: PCGrad()), MultitaskMethod(aggregator: MGDA(), level: .features),
    ]
    for method in methods { try expectTraining(make("vit_micro", entry, tasks: tasks, size: 32), method) }
  }

  private static let unmixed = TaskPrompter.Configuration(
    .micro, decodedWidth: 6, outputWidth: 4, windows: 1, mixesTasks: false)

  private static let mixed = TaskPrompter.Configuration(
    .micro, decodedWidth: 6, outputWidth: 4, windows: 2, mixesTasks: true)

  @Test(
    arguments: ["taskprompter-convolution", "taskprompter-deconvolution", "multi-scale"], [["a", "b", "c"], ["a"]])
  func promptsTrain(_ decoder: String, _ tasks: [String]) throws {
    let entry = try DecoderRegistry.shared.require(decoder)
    let choices = [(Self.mixed, MultitaskMethod()), (Self.unmixed, MultitaskMethod(aggregator: PCGrad()))]
    for (configuration, method) in choices {
      try expectTraining(
        make(TaskPrompter.entry("prompts", configuration), entry, tasks: tasks, size: 32), method)
    }
  }

  @Test func featuresOfTasksBelongToTasksIfTheyAreNotMixed() throws {
    let decoder = PromptHead.convolutionEntry
    let (mixed, unmixed) = (
      try make(TaskPrompter.entry("mixed", Self.mixed), decoder, tasks: ["a", "b"], size: 32),
      try make(TaskPrompter.entry("unmixed", Self.unmixed), decoder, tasks: ["a", "b"], size: 32)
    )
    for part in ["backbone.fea_fuse.0.a", "backbone.fea_decode_spa.3.a", "backbone.fea_decode_chan.1.a"] {
      #expect(reaches(mixed, part) == [.everyTask] && reaches(unmixed, part) == [.task("a")], "\(part)")
    }
    #expect(reaches(mixed, "backbone.ctr_attn_conv.2.b") == [.task("b")])
    for network in [mixed, unmixed] {
      #expect(reaches(network, "backbone.blocks.") == [.everyTask])
      #expect(reaches(network, "backbone.task_prompts") == [.everyTask])
      #expect(reaches(network, "heads.a.") == [.task("a")])
      #expect(network.featureKind == .byTask)
      let images = RandomGenerator(seed: 2).normal([2, 3, 32, 32])
      let all = network(images, .evaluation)
      #expect(network(images, tasks: [1], .evaluation)[0].array(of: Float.self) == all[1].array(of: Float.self))
    }
    let prompts = mixed.store.entry("backbone.task_prompts")!
    #expect(prompts.shape == [2, 48] && prompts.min().item >= -2 && prompts.max().item <= 2)
    #expect(abs(prompts.mean().item - 0.72) < 0.3)
  }

  /// A way of sharing in which each task has features of its own.
  private struct Parting: Sharing {
    var partsStreams: Bool { true }
    func makeEncoder(
      _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
    ) -> SharedEncoder { SharedEncoder(entry.make(path, request)) }
  }

  @Test func promptsAreSharedHard() {
    let plan = NetworkPlan(
      encoder: TaskPrompter.entry("prompts", Self.mixed), sharing: Parting(), decoder: MultiScaleHead.entry,
      outputs: [TaskOutput(task: "a", channels: 1)], request: EncoderRequest(imageHeight: 32, imageWidth: 32))
    #expect { try plan.check() } throws: { "\($0)".contains("prompts makes features of each task by itself") }
  }

  @Test func promptsStartFromAPlainTransformer() throws {
    try withTemporaryFolder { folder in
      let store = ParameterStore(seed: 9)
      _ = VisionTransformer(store.root, .micro)
      let url = folder.appendingPathComponent("vit.safetensors")
      try Safetensors.write(store.state.map { ($0.name, $0.tensor) }, to: url)
      func network(_ seed: UInt64) throws -> MultitaskNetwork {
        try make(
          TaskPrompter.entry("prompts", Self.mixed), PromptHead.convolutionEntry, tasks: ["a", "b"], size: 64,
          seed: seed)
      }
      let target = try network(1)
      let prompts = target.store.entry("backbone.task_prompts")!.copied()
      let report = try target.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(report.unused == ["cls_token"] && report.missing.isEmpty)
      func values(_ name: String, _ store: ParameterStore) -> [Float] { store.entry(name)!.array(of: Float.self) }
      #expect(values("backbone.blocks.1.attn.qkv.weight", target.store) == values("blocks.1.attn.qkv.weight", store))
      #expect(values("backbone.task_prompts", target.store) == prompts.array(of: Float.self))
      #expect(target.store.entry("backbone.pos_embed")!.shape == [1, 65, 48])
      // The encoder of a network of the same kind loads whole.
      let own = target.store.state.filter { $0.name.hasPrefix("backbone.") }
      try Safetensors.write(own.map { (String($0.name.dropFirst(9)), $0.tensor) }, to: url)
      let second = try network(2)
      try second.loadEncoder(SafetensorsFile(contentsOf: url))
      #expect(values("backbone.task_prompts", second.store) == prompts.array(of: Float.self))
      try Safetensors.write(
        own.map { (String($0.name.dropFirst(9)), $0.tensor) }.filter { $0.0 != "blocks.0.norm1.weight" }, to: url)
      #expect(throws: LoadError.self) { try network(3).loadEncoder(SafetensorsFile(contentsOf: url)) }
    }
  }

  @Test func grownTransformersTrainInAPyramid() throws {
    let network = try make(
      "vit_micro", InvPTDecoders.entry.with(Self.small["invpt"]!), tasks: ["a", "b"], size: 32)
    network.transformer!.grow(TokenGrowth(modulatedLayers: [1], expandedLayers: [2]), tasks: network.tasks)
    network.store.layOut()
    try expectTraining(network, MultitaskMethod())
  }

  @Test func eachTaskHasADensePredictionOfItsOwn() throws {
    let network = try make("vit_micro", DPTHead.entry, tasks: ["a", "b"], size: 32)
    #expect(reaches(network, "heads.a.") == [.task("a")] && reaches(network, "heads.b.") == [.task("b")])
    #expect(reaches(network, "backbone.") == [.everyTask])
    let images = RandomGenerator(seed: 2).normal([2, 3, 64, 96])
    let all = network(images, .evaluation)
    #expect(all.map(\.shape) == [[2, 1, 64, 96], [2, 2, 64, 96]])
    #expect(network(images, tasks: [1], .evaluation)[0].array(of: Float.self) == all[1].array(of: Float.self))
  }

  @Test func onlyTheEndOfAPyramidBelongsToTasks() throws {
    let entry = try InvPTDecoders.entry.with(Self.small["invpt"]!)
    let network = try make("vit_micro", entry, tasks: ["a", "b"], size: 32)
    let decoder = "multi_task_decoder."
    for part in [
      "backbone.", decoder + "preliminary_decoder.a", decoder + "intermediate_head.a", decoder + "scale_embed",
    ] {
      #expect(reaches(network, part) == [.everyTask], "\(part)")
    }
    for part in ["invpt_stages", "mix_proj.b", "norm_mts"] {
      #expect(reaches(network, decoder + "invpt.\(part)") == [.everyTask], "\(part)")
    }
    #expect(reaches(network, "redu_chan.2.0") == [.task("a")] && reaches(network, "mt_proj.b") == [.task("b")])
    #expect(reaches(network, "heads.b") == [.task("b")])
    // A task alone is as beside the other.
    let images = RandomGenerator(seed: 2).normal([2, 3, 32, 64])
    let all = network(images, .evaluation)
    #expect(all.map(\.shape) == [[2, 1, 32, 64], [2, 2, 32, 64]])
    #expect(network(images, tasks: [1], .evaluation)[0].array(of: Float.self) == all[1].array(of: Float.self))
    let plan = network.plan
    #expect(plan.sizeMultiple == 32)
  }

  @Test func widthsOfAPyramidGoTogether() {
    #expect { try InvPTDecoders.entry.with(["width": .number(20)]) } throws: {
      "\($0)".contains("'width' and 'extraChannels' are 84 together, but have to be a multiple of 8")
    }
  }

  @Test func transformersAreRequired() throws {
    #expect { try make("resnet18", DPTHead.entry, tasks: ["a"], size: 64) } throws: {
      "\($0)".contains("the decoder dpt needs an encoder with tokens, which resnet18 does not have")
    }
  }
}
