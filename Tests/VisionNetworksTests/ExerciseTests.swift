import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionNetworks

// What a user of the library adds to its networks, from outside.

/// Convolutions of which each task has one of its own; everything else is shared.
private struct BranchedKit: LayerKit {
  let tasks: [String]

  func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    Branched(
      layers: Dictionary(
        uniqueKeysWithValues: tasks.map { task in
          let kit = PlainKit()
          let (path, norm) = (path[task].reached(by: .task(task)), norm[task].reached(by: .task(task)))
          return (task, kit.convolution(path, normalizedAt: norm, shape))
        }))
  }

  func linear(_ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape) -> any StreamLayer {
    PlainKit().linear(path, normalizedAt: norm, shape)
  }

  private struct Branched: StreamLayer {
    let layers: [String: any StreamLayer]

    func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
      let streams = input.byTask(count: context.tasks.count)
      return Streams(
        apart: zip(context.tasks, streams).map { task, stream in layers[task]!(Streams(stream), context).shared! })
    }
  }
}

private struct BranchedSharing: Sharing {
  var partsStreams: Bool { true }

  func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    SharedEncoder(entry.make(path, request, kit: BranchedKit(tasks: tasks)))
  }
}

/// Two convolutions, of which the kit says how tasks share them.
private struct TwoLayers: Encoder {
  let first: any StreamLayer
  let second: any StreamLayer

  init(_ path: ParameterPath, channels: Int, kit: any LayerKit) {
    first = PlainKit().convolution(
      path["first"], normalizedAt: path["norm1"], ConvolutionShape(from: channels, to: 4, kernel: 3))
    second = kit.convolution(
      path["second"], normalizedAt: path["norm2"], ConvolutionShape(from: 4, to: 6, kernel: 3))
  }

  var featureChannels: [Int] { [6] }
  var featureStrides: [Int] { [1] }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    [second(first(Streams(images), context).map { $0.relu() }, context)]
  }

  static let entry = EncoderEntry(
    "two-layers", summary: "Two convolutions.", paper: "a test", traits: EncoderTraits(sizeMultiple: 1)
  ) { path, request, kit in TwoLayers(path, channels: request.imageChannels, kit: kit) }
}

/// Every task's first prediction goes into the other tasks' second one, and is trained, too.
private struct ExchangingDecoders: TaskDecoders {
  let first: [Convolution]
  let second: [Convolution]

  init(_ root: ParameterPath, _ request: DecoderRequest) {
    let outputs = request.outputs
    let sum = outputs.reduce(0) { $0 + $1.channels }
    // Every task's loss reaches every task's first prediction.
    first = outputs.map {
      Convolution(root["first", $0.task], from: request.featureChannels[0], to: $0.channels, kernel: 1)
    }
    second = outputs.map {
      Convolution(root["second", $0.task].reached(by: .task($0.task)), from: sum, to: $0.channels, kernel: 1)
    }
  }

  func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let initial = first.indices.map { first[$0](features.maps(of: $0)[0], context) }
    let exchanged = Tensor.concatenated(initial, axis: 1)
    return tasks.map { task in
      TaskPrediction(
        second[task](exchanged, context),
        auxiliary: [AuxiliaryPrediction("initial", weight: 0.5, initial[task])])
    }
  }

  static let entry = DecoderEntry(
    "exchanging", summary: "Tasks exchange predictions.", paper: "a test", traits: DecoderTraits([.exchange])
  ) { root, request in ExchangingDecoders(root, request) }
}

@Suite struct ExerciseTests {
  private func make(_ sharing: any Sharing, _ decoder: DecoderEntry) -> MultitaskNetwork {
    MultitaskNetwork(
      NetworkPlan(
        encoder: TwoLayers.entry, sharing: sharing, decoder: decoder,
        outputs: [TaskOutput(task: "a", channels: 2), TaskOutput(task: "b", channels: 1)],
        request: EncoderRequest(imageHeight: 8, imageWidth: 8, imageChannels: 4)), seed: 3)
  }

  private let images = RandomGenerator(seed: 4).normal([2, 4, 8, 8])

  @Test func encodersTakeAnyKit() {
    let network = make(BranchedSharing(), MultiScaleHead.entry)
    let names = network.store.state.map(\.name)
    #expect(names.contains("backbone.second.a.weight") && names.contains("backbone.second.b.weight"))
    #expect(names.contains("backbone.first.weight") && !names.contains("backbone.second.weight"))
    #expect(network.featureKind == .byTask)
    let both = network(images, .evaluation)
    let alone = network(images, tasks: [1], .evaluation)
    #expect(both.map(\.shape) == [[2, 2, 8, 8], [2, 1, 8, 8]])
    #expect(both[1].array(of: Float.self) == alone[0].array(of: Float.self))
    // The tasks' branches begin with values of their own, and reach their task alone.
    let branch = network.store.entry("backbone.second.a.weight")!
    #expect(gradients(of: [both[1].sum()], withRespectTo: [branch])[0] == nil)
    #expect(gradients(of: [network(images, .evaluation)[0].sum()], withRespectTo: [branch])[0] != nil)
  }

  @Test(arguments: [false, true]) func tasksExchangeFeatures(isBranched: Bool) {
    let network = make(isBranched ? BranchedSharing() : HardSharing(), ExchangingDecoders.entry)
    let features = network.features(images, for: [1], .evaluation)
    let predictions = network.predictions(of: [1], from: features, size: (8, 8), .evaluation)
    #expect(predictions.count == 1 && predictions[0].output.shape == [2, 1, 8, 8])
    #expect(predictions[0].auxiliary.map(\.name) == ["initial"] && predictions[0].auxiliary[0].weight == 0.5)
    #expect(predictions[0].auxiliary[0].output.shape == [2, 1, 8, 8])
    // Task b alone is as b beside a, and its loss reaches a's first prediction.
    let both = network(images, .evaluation)
    #expect(both[1].array(of: Float.self) == predictions[0].output.array(of: Float.self))
    // So does it reach a's own part of the encoder, which says so.
    let scopes = network.store.allParameters.filter { $0.name.hasPrefix("backbone.") }.map(\.scope.reach)
    #expect(!scopes.isEmpty && scopes.allSatisfy { $0 == .everyTask })
    let first = network.store.entry("first.a.weight")!
    #expect(gradients(of: [predictions[0].output.sum()], withRespectTo: [first])[0] != nil)
  }

  @Test func registriesTakeEntriesFromOutsideOnce() throws {
    try DecoderRegistry.shared.add(ExchangingDecoders.entry)
    #expect(DecoderRegistry.shared.entry("exchanging") != nil && DecoderRegistry.shared.names.contains("exchanging"))
    #expect { try DecoderRegistry.shared.add(ExchangingDecoders.entry) } throws: {
      "\($0)".contains("the name 'exchanging' is taken by another decoder")
    }
    let taken = EncoderEntry(
      "my-resnet", alias: "resnet-18", summary: "", paper: "", traits: EncoderTraits(sizeMultiple: 1)
    ) { path, request, kit in TwoLayers(path, channels: 3, kit: kit) }
    #expect { try EncoderRegistry.shared.add(taken) } throws: { "\($0)".contains("the name 'resnet-18' is taken") }
    #expect { try EncoderRegistry.shared.require("resnet-8") } throws: { "\($0)".contains("Did you mean") }
  }
}
