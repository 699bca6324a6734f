import NeuralNetworks
import Support
import Torch

/// What the features of all tasks at one scale hand on to the next finer one.
///
/// - Source: Vandenhende et al., *MTI-Net: Multi-Scale Task Interaction Networks for Multi-Task Learning*, ECCV 2020,
///   section 3.3.
struct FeaturePropagation {
  private let hidden: ResidualBlocks
  private let mask: Convolution
  private let reduction: ResidualBlocks
  private let excitations: [SqueezeExcitation]
  private let masking: MTINet.Masking
  private let channels: Int

  /// - Parameters:
  ///   - channels: those of each task's features.
  ///   - reach: returns the tasks whose losses reach what is handed on to a task.
  init(
    _ path: ParameterPath, tasks: [String], channels: Int, masking: MTINet.Masking, reach: (_ task: String) -> Reach
  ) {
    func block(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> ResidualBlock {
      ResidualBlock(path, .basic, from: inputs, planes: outputs, style: .decoder)
    }
    let all = tasks.count * channels
    let narrow = max(1, all / 4)
    let layers = path["non_linear"]
    hidden = ResidualBlocks([block(layers["0"], from: all, to: narrow), block(layers["1"], from: narrow, to: narrow)])
    mask = Convolution(layers["2"], from: narrow, to: all, kernel: 1)
    reduction = ResidualBlocks([block(path["dimensionality_reduction"], from: all, to: channels)])
    excitations = tasks.map {
      SqueezeExcitation(path["se", $0, "squeeze"].reached(by: reach($0)), channels: channels)
    }
    self.masking = masking
    self.channels = channels
  }

  /// Returns what each task takes to the next finer scale, in the shape of its features.
  func callAsFunction(_ features: [Tensor], _ context: ForwardContext) -> [Tensor] {
    let all = Tensor.concatenated(features, axis: 1)
    let shared = reduction(masked(all, by: mask(hidden(all, context), context)), context)
    let means = GlobalAveragePooling()(shared, context).flattened(from: 1)
    return zip(features, excitations).map { own, excitation in
      own + shared * excitation(means, context).expandingAxis(2).expandingAxis(3)
    }
  }

  private func masked(_ features: Tensor, by logits: Tensor) -> Tensor {
    let shape = features.shape
    let count = shape[1] / channels
    switch masking {
    case .neighboringChannels:
      let view = [shape[0], channels, count] + shape[2...]
      return (logits.reshaped(view).softmax(axis: 2) * features.reshaped(view)).reshaped(shape)
    case .tasks:
      let view = [shape[0], count, channels] + shape[2...]
      return (logits.reshaped(view).softmax(axis: 1) * features.reshaped(view)).reshaped(shape)
    }
  }
}

/// A factor between zero and one for each channel, from the means of all channels.
///
/// - Source: Hu et al., *Squeeze-and-Excitation Networks*, CVPR 2018.
private struct SqueezeExcitation {
  private let squeeze: Linear
  private let excite: Linear

  init(_ path: ParameterPath, channels: Int) {
    let narrow = max(1, channels / 16)
    squeeze = Linear(path["0"], from: channels, to: narrow)
    excite = Linear(path["2"], from: narrow, to: channels)
  }

  func callAsFunction(_ means: Tensor, _ context: ForwardContext) -> Tensor {
    excite(squeeze(means, context).relu(), context).sigmoid()
  }
}
