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
  private struct Squares: MultitaskObjective {
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
    let plan = NetworkPlan(
      encoder: try EncoderRegistry.shared.require(encoder), decoder: decoder,
      outputs: tasks.enumerated().map { TaskOutput(task: $1, channels: $0 + 1) },
      request: EncoderRequest(imageHeight: size, imageWidth: size, dropPath: 0.1))
    try plan.check()
    #expect(size % plan.sizeMultiple == 0)
    return MultitaskNetwork(plan, seed: 1)
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
