import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Torch
import VisionNetworks

/// The networks of the recorded numbers about gates.
enum GatedReference {
  static func file(_ name: String) throws -> Reference {
    try Reference(contentsOf: resources.appendingPathComponent("gates/\(name).json"))
  }

  /// A head as the reference has it, below `heads.TASK`.
  struct ReferenceHead: Decoder {
    enum Kind { case image, pixels, tokens }
    let kind: Kind
    let norm: LayerNormalization?
    let linear: (any Layer)

    init(_ kind: Kind, _ path: ParameterPath, from inputs: Int, to channels: Int) {
      self.kind = kind
      norm = kind == .tokens ? LayerNormalization(path["norm"], width: inputs, epsilon: 1e-6) : nil
      linear =
        switch kind {
        case .image: Linear(path, from: inputs, to: channels)
        case .pixels: Convolution(path, from: inputs, to: channels, kernel: 1)
        case .tokens: Linear(path["linear"], from: inputs, to: channels)
        }
    }

    func callAsFunction(
      _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
    ) -> Tensor {
      let last = features.last!
      switch kind {
      case .image: return linear(GlobalAveragePooling()(last, context).flattened(from: 1), context)
      case .pixels: return linear(last, context).resized(height: size.height, width: size.width, .bilinear)
      case .tokens: return linear(norm!(last, context), context)
      }
    }
  }

  static func decoder(_ kind: ReferenceHead.Kind) -> DecoderEntry {
    DecoderEntry(
      "reference", summary: "", paper: "", traits: DecoderTraits(readout: kind == .tokens ? .rawTokens : .maps)
    ) { path, inputs, channels in ReferenceHead(kind, path, from: inputs.last!, to: channels) }
  }

  static func encoder(_ name: String) -> EncoderEntry {
    let traits = EncoderTraits(sizeMultiple: 1, capabilities: [.kitLayers])
    return EncoderEntry(name, summary: "", paper: "", traits: traits) { path, request, kit in
      switch name {
      case "vit_micro":
        var configuration = VisionTransformer.Configuration.micro
        configuration.readout = request.readout
        return VisionTransformer(path, configuration, kit: kit)
      case "resnet18_dilated_micro":
        return ResNet(
          path, ResNet.Configuration(.basic, depths: [2, 2, 2, 2], widths: [8, 16, 24, 32], isDilated: true), kit: kit)
      case "hrnet_micro", "hrnet_micro_fused":
        var configuration = HRNet.Configuration(firstBlocks: 1, blocks: 1, modules: [1, 1, 1])
        configuration.widths = [4, 6, 8, 10]
        let micro = configuration
        guard name.hasSuffix("fused") else { return HRNet(path, micro, kit: kit) }
        return FusedPyramid(path, kit: kit) { HRNet($0, micro, kit: kit) }
      default:
        var configuration = ResNet.Configuration(.basic, depths: [3, 3, 3], widths: [4, 8, 16])
        configuration.stem = .small
        return ResNet(path, configuration, kit: kit)
      }
    }
  }

  private static let channels = ["semseg": 5, "normals": 3]

  static func network(_ name: String, _ tasks: [String], side: (Int, Int)) -> MultitaskNetwork {
    let kind: ReferenceHead.Kind = name == "vit_micro" ? .tokens : name.hasPrefix("resnet20") ? .image : .pixels
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: encoder(name.replacingOccurrences(of: "_train", with: "")),
        sharing: GatedSharing(sparsity: GateSparsity(.hinge, weight: 0.1, targets: [0.25, 0.5, 0.75])),
        decoder: decoder(kind), outputs: tasks.map { TaskOutput(task: $0, channels: channels[$0] ?? 1) },
        request: EncoderRequest(imageHeight: side.0, imageWidth: side.1)), seed: 0, dtype: .float64)
    FillFormula.fill(network.store) { plain($0) }
    return network
  }

  static func plain(_ name: String) -> String {
    name.hasPrefix("backbone.") ? String(name.dropFirst(9)) : name
  }

  /// Fills gates by kinds of the reference, which take turns over the layers.
  static func fillGates(_ network: MultitaskNetwork, _ kinds: [String]) {
    withoutGradients {
      for (index, layer) in network.gatedLayers.enumerated() {
        let values = gateLogits(
          kinds[index % kinds.count], "gates.\(layer.name).alpha", layer.gates.shape)
        layer.gates.value.copy(from: Tensor(values, shape: layer.gates.shape))
        if let mix = layer.mix {
          let t = FillFormula.unit("gates.\(layer.name).beta", count: mix.value.count).map { Float(1.5 * $0) }
          mix.value.copy(from: Tensor(t, shape: mix.shape))
        }
      }
    }
  }

  static func isFinalNorm(_ name: String) -> Bool {
    name.split(separator: ".").dropLast().last == "norm" && !name.hasPrefix("heads.")
  }

  static func bits(_ pattern: [Bool]) -> String { pattern.map { $0 ? "1" : "0" }.joined() }
}

/// The logits of gates by a rule of the reference, named by its kind.
func gateLogits(_ kind: String, _ name: String, _ shape: [Int]) -> [Float] {
  FillFormula.unit(name, count: shape[0] * shape[1]).enumerated().map { index, t in
    let row = index / shape[1]
    let own = 0.25 + 1.75 * abs(t)
    let value: Double =
      switch kind {
      case "mixed": 2 * t
      case "few": 2 * t - 1
      case "most": 2 * t + 1
      case "tie": index % 3 == 0 ? 0 : 2 * t
      case "own": own
      case "shared": -own
      case _ where kind.hasPrefix("task"): row == Int(kind.dropFirst(4))! ? own : -own
      default: row == Int(kind.dropFirst(3))! ? -own : 2 * t
      }
    return Float(value)
  }
}

/// A loss of yes or no for each task on one image.
struct AttributeObjective: MultitaskObjective {
  let network: MultitaskNetwork
  let image: Tensor
  let labels: [[Double]]
  private let context = ForwardContext.training(RandomGenerator(seed: 0))

  init(network: MultitaskNetwork, image: Tensor, labels: [[Double]]) {
    self.network = network
    self.image = image
    self.labels = labels
  }

  var tasks: [String] { network.tasks }
  var featureKind: Features.Kind { network.featureKind }
  func penalty() -> Tensor? { network.penalty() }
  func features(for tasks: [Int]) -> Features { network.features(image, for: tasks, context) }
  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    let size = (image.shape[2], image.shape[3])
    return zip(tasks, network.predictions(of: tasks, from: features, size: size, context)).map { task, prediction in
      let target = Tensor(labels[task], shape: prediction.output.shape)
      return BinaryCrossEntropy()(prediction.output, Labels(target))
    }
  }
}
