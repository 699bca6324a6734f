import Detection
import Experiments
import Foundation
import NeuralNetworks
import ScientificFiles
import Support
import Testing
import Torch
import VisionData
import VisionMetrics
import VisionNetworks

/// The examples in the overviews of the modules, and what the overviews say about their results.
@Suite struct ModuleOverviews {
  @Test func support() throws {
    struct Hue: Registered {
      let name: String
    }
    let hues = Registry("hue", [Hue(name: "red"), Hue(name: "green")])
    try hues.add(Hue(name: "blue"))
    let green = try hues.require("green")
    #expect(green.name == "green" && hues.names == ["red", "green", "blue"])
  }

  @Test func torch() {
    let weight = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    weight.requiresGradient = true
    let input = Tensor([1, 1] as [Float])
    let loss = weight.times(vector: input).squared().sum()
    let gradient = gradients(of: [loss], withRespectTo: [weight])[0]!
    print(gradient)
    #expect(gradient.shape == [2, 2] && gradient.array(of: Float.self) == [6, 6, 14, 14])
  }

  @Test func neuralNetworks() {
    let store = ParameterStore(seed: 1)
    let network = Sequential([
      Linear(store.root["hidden"], from: 2, to: 16), Activation.gelu,
      Linear(store.root["output"], from: 16, to: 1),
    ])
    store.layOut()

    let input = RandomGenerator(seed: 2).normal([8, 2])
    let loss = network(input, .evaluation).squared().mean()

    let vector = store.vectors[0]
    let gradient = Tensor.zeros([vector.count])
    let places = zip(vector.parameters, vector.views(of: gradient))
    writeGradients(of: [loss], to: places.map { GradientTarget($0.value, into: $1) })
    SGD().update(vector, gradient: gradient, learningRate: 0.1)
    #expect(store.vectors.count == 1 && vector.parameterCount == 65)
    #expect(network(input, .evaluation).squared().mean().item < loss.item)
  }

  @Test func visionNetworks() throws {
    let plan = NetworkPlan(
      encoder: try EncoderRegistry.shared.require("vit-micro"),
      decoder: try DecoderRegistry.shared.require("multi-scale"),
      outputs: [TaskOutput(task: "segmentation", channels: 5), TaskOutput(task: "depth", channels: 1)],
      request: EncoderRequest(imageHeight: 32, imageWidth: 32))
    try plan.check()
    let network = MultitaskNetwork(plan, seed: 1)
    let predictions = network(.zeros([1, 3, 32, 32]), .evaluation)
    #expect(predictions.map(\.shape) == [[1, 5, 32, 32], [1, 1, 32, 32]])
  }

  /// The files are for readers: other tests read some.
  @Test func scientificFiles() throws {
    func read(_ folder: URL) throws {
      let depth = try NPYFile(contentsOf: folder.appendingPathComponent("depth.npy")).array()
      let masks = try NPZFile(contentsOf: folder.appendingPathComponent("scene.npz")).array("masks")
      let labels = try MATFile(contentsOf: folder.appendingPathComponent("labels.mat")).array("LabelMap")
      print(depth.shape, masks.elementType, labels.integers()?.max() ?? 0)
    }
    #expect(throws: FileError.self) { try read(URL(fileURLWithPath: #filePath)) }
  }

  @Test func detection() {
    let boxes = [BoundingBox(0, 0, 10, 10), BoundingBox(1, 0, 11, 10), BoundingBox(20, 4, 30, 24)]
    let kept = NonMaximumSuppression(threshold: 0.5)(boxes, scores: [0.9, 0.8, 0.7])
    let regions = kept.map { RegionOfInterest(image: 0, box: boxes[$0]) }
    let pooled = RoIAlign(size: 7)(Tensor.ones([1, 8, 16, 16]), regions: regions, scale: 0.5)
    #expect(kept == [0, 2] && pooled.shape == [2, 8, 7, 7])
  }

  @Test func visionData() throws {
    let scenes = Scenes(seed: 1, count: 8)
    let loader = BatchLoader(
      scenes, tasks: scenes.tasks, transforms: [RandomFlip(), Normalization.imageNet], batchSize: 4, seed: 1)
    let batch = try loader.next()
    print(batch.images.shape)
    loader.close()
    #expect(batch.images.shape == [4, 3, 96, 128])
    #expect(
      !scenes.tasks.isEmpty
        && scenes.tasks.allSatisfy { batch.targets[$0.name] != nil || batch.objects[$0.name] != nil })
  }

  @Test func visionMetrics() throws {
    var metric = SegmentationMetric(classCount: 2)
    metric.add(labels: [0, 1, 1, 1], truth: [0, 0, 1, 1])
    let result = metric.results[0]
    let gain = relativeGain(result, over: 0.5)
    #expect(abs(result.value - 7.0 / 12) < 1e-12)
    #expect(abs(try #require(gain) - 1.0 / 6) < 1e-12)
  }

  /// The run itself is for readers: other tests train.
  @Test func experiments() {
    func train(in folder: URL) throws -> Trainer.Outcome {
      let configuration = try Configuration(
        yaml: """
          method:
            aggregator: pcgrad
          training:
            steps: 100
          """)
      let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .refuse)
      return try session.run { false }
    }
    #expect(throws: FileError.self) { try train(in: URL(fileURLWithPath: #filePath)) }
  }
}
