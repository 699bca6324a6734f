import Detection
import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

@Suite struct ObjectiveTests {
  private static let size = ImageSize(height: 64, width: 64)

  private func network() -> RobotVisionNetwork {
    var configuration = DetectorConfiguration()
    configuration.channels = 8
    configuration.canonicalSize = 30
    configuration.anchorSampling = BalancedSampling(count: 32, foregroundFraction: 0.5)
    configuration.proposalSampling = BalancedSampling(count: 16, foregroundFraction: 0.25)
    return RobotVisionNetwork(configuration, seed: 2)
  }

  private var objects: [ImageObjects] {
    [
      ImageObjects(size: Self.size, objects: []),
      ImageObjects(
        size: Self.size,
        objects: [(4, 30), (20, 60)].map { from, to in
          func mask(_ columns: Range<Int>) -> ObjectMask {
            ObjectMask(
              size: Self.size, pixels: (0..<4096).map { (from..<to).contains($0 / 64) && columns.contains($0 % 64) })
          }
          return DetectionObject(visibleMask: mask(from..<to - 4), amodalMask: mask(from..<to))!
        }),
    ]
  }

  private static let methods = [
    MultitaskMethod(aggregator: PCGrad()), MultitaskMethod(aggregator: CosReg(), level: .features),
  ]

  /// A step of every kind trains the whole network: what parameters declare is what the graph says.
  @Test func stepsOfMethods() throws {
    let images = RandomGenerator(seed: 1).normal([2, 6, 64, 64])
    for method in Self.methods {
      let network = network()
      let before = network.store.allParameters.map { $0.value.copied() }
      let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: SGD(momentum: 0))
      let objective = RobotVisionObjective(
        network, images: images, objects: objects, drawing: SeededDrawing(seed: 1, step: 1),
        .training(RandomGenerator(seed: 0)))
      #expect(objective.tasks == ["rcls", "rdet", "cls", "det", "vsb", "amd", "occ"])
      let report = try optimizer.step([objective], learningRate: 0.01)
      #expect(report.losses.allSatisfy { $0?.isFinite ?? false })
      for (parameter, old) in zip(network.store.allParameters, before) {
        let change = withoutGradients { (parameter.value - old).abs().max().item }
        #expect(change.isFinite && change > 0, "\(parameter.name)")
      }
    }
  }

  /// An image without objects trains what finds none: the losses of all the rest are zero.
  @Test func aBatchWithoutObjects() throws {
    let network = network()
    let images = RandomGenerator(seed: 1).normal([1, 6, 64, 64])
    for method in Self.methods {
      let objective = RobotVisionObjective(
        network, images: images, objects: [objects[0]], drawing: SeededDrawing(seed: 1, step: 1),
        .training(RandomGenerator(seed: 0)))
      let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: SGD(momentum: 0))
      _ = try optimizer.step([objective], learningRate: 0.01)
      #expect(network.store.allParameters.allSatisfy { $0.value.isFinite().all() })
    }
  }

  /// In training with stored statistics, those of the residual networks stay, and the fusion's follow the batch.
  @Test func storedStatisticsStay() throws {
    let images = RandomGenerator(seed: 1).normal([2, 6, 64, 64])
    for normalization in [FusedBackbone.Normalization.stored, .batch] {
      let network = RobotVisionNetwork(network().configuration, normalization: normalization, seed: 2)
      let before = network.store.allBuffers.map { $0.value.copied() }
      _ = withoutGradients { network.features(images, .training(RandomGenerator(seed: 0))) }
      for (buffer, old) in zip(network.store.allBuffers, before) {
        let isChanged = (buffer.value - old).abs().max().item > 0
        #expect(isChanged == (normalization == .batch || buffer.name.contains("fusion")), "\(buffer.name)")
      }
    }
  }

  /// A file of a plain residual network fills both streams.
  @Test func pretrainedWeights() throws {
    let store = ParameterStore(seed: 9)
    var configuration = ResNet.Configuration.resNet18
    configuration.classes = 3
    _ = ResNet(store.root, configuration)
    store.layOut()
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try Safetensors.write(store.state, to: file)
    let network = network()
    try network.loadEncoders(SafetensorsFile(contentsOf: file))
    for name in ["conv1.weight", "layer4.1.bn2.running_var"] {
      for stream in FusedBackbone.encoderNames {
        expectClose(network.store.entry("backbone.\(stream).\(name)")!, store.entry(name)!, tolerance: 0)
      }
    }
  }
}
