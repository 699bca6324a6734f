import NeuralNetworks
import Torch

/// A residual network to the last block of each of whose layers tasks attend.
///
/// A task's mask for the output of a layer's last block is computed from the block's input and from what the task's mask
/// left of the layer before, which a block that all tasks share has brought to the layer's channels, and pooling to its
/// size.
struct AttendedResNet: Encoder {
  private let encoder: ResNet
  private let tasks: [String]
  /// For each layer the masks of all tasks.
  private let masks: [[TaskAttention]]
  /// Behind each layer but the last, what all tasks share.
  private let refinements: [ResidualBlock]

  init(_ encoder: ResNet, tasks: [String], at path: ParameterPath, _ form: AttentionSharing.Form) {
    self.encoder = encoder
    self.tasks = tasks
    let channels = encoder.stages.dropFirst().map(\.channels)
    let (middle, kind) = (form.middle ?? .quarter, form.refinement.blockKind)
    masks = channels.enumerated().map { layer, width in
      tasks.map { task in
        TaskAttention(
          path.beside("attention_\(layer + 1)")[task].reached(by: .task(task)), from: layer == 0 ? width : 2 * width,
          middle: middle.channels(of: width), to: width, kernels: .uniform)
      }
    }
    refinements = zip(channels, channels.dropFirst()).enumerated().map { layer, widths in
      ResidualBlock(
        path.beside("refine_\(layer + 1)")["0"], kind, from: widths.0, planes: widths.1 / kind.expansion,
        style: .decoder)
    }
  }

  var featureChannels: [Int] { encoder.featureChannels }
  var featureStrides: [Int] { encoder.featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let positions = context.tasks.map { tasks.firstIndex(of: $0)! }
    var x = encoder.stages[0](Streams(images), context)
    var previous: [Tensor]?
    return masks.indices.map { layer in
      let blocks = encoder.stages[layer + 1].layers
      let before = blocks.dropLast().reduce(x) { $1($0, context) }
      x = blocks[blocks.count - 1](before, context)
      let (input, output) = (before.shared!, x.shared!)
      let left = positions.enumerated().map { index, task in
        let own = previous.map { [input, $0[index].pooled(toSizeOf: input)] } ?? [input]
        return masks[layer][task](output, from: own, context)
      }
      if layer < refinements.count {
        previous = left.map { refinements[layer](Streams($0), context).shared! }
      }
      return Streams(apart: left)
    }
  }
}

extension Tensor {
  /// The largest values of windows of 2 × 2 if the size differs from that of another map; the tensor itself otherwise.
  fileprivate func pooled(toSizeOf other: Tensor) -> Tensor {
    shape.suffix(2) == other.shape.suffix(2) ? self : maxPooled(kernel: 2, stride: 2)
  }
}

extension ResNet: AttendableEncoder {
  /// Returns an encoder whose features are what the tasks' masks leave of the layers' last blocks.
  public func attended(
    by tasks: [String], at path: ParameterPath, _ form: AttentionSharing.Form
  ) -> any Encoder { AttendedResNet(self, tasks: tasks, at: path, form) }
}
