import NeuralNetworks
import Torch

/// A VGG-like encoder and its mirror image: what the decoding half enlarges goes back to where pooling took it from.
/// Its one feature map has the picture's size; entries are named as in the multi-task codes.
///
/// - Source: Badrinarayanan et al., *SegNet*, TPAMI 2017, as the optimizer papers use it on NYUv2 and Cityscapes: 13
///   convolutions in each half, all with bias.
public final class SegNet: Encoder {
  public static let channels = [64, 128, 256, 512, 512]

  private let encoding: [[NormalizedStage]]
  private let decoding: [[NormalizedStage]]
  private let normalizationTasks: [String]?

  /// - Parameter normalizationTasks: which tasks have batch normalizations of their own; none where all share them.
  public init(_ path: ParameterPath, normalizationTasks: [String]? = nil) {
    self.normalizationTasks = normalizationTasks
    func stage(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> NormalizedStage {
      NormalizedStage(path, from: inputs, to: outputs, tasks: normalizationTasks)
    }
    /// One convolution where maps are large, two where they are small.
    func further(_ path: ParameterPath, _ level: Int, _ channels: Int) -> [NormalizedStage] {
      level < 2
        ? [stage(path[level], from: channels, to: channels)]
        : (0..<2).map { stage(path[level][$0], from: channels, to: channels) }
    }
    let channels = Self.channels
    encoding = channels.indices.map { level in
      [stage(path["encoder_block"][level], from: level == 0 ? 3 : channels[level - 1], to: channels[level])]
        + further(path["conv_block_enc"], level, channels[level])
    }
    decoding = channels.indices.map { level in
      let outputs = channels[max(0, level - 1)]
      return [stage(path["decoder_block"][level], from: channels[level], to: outputs)]
        + further(path["conv_block_dec"], level, outputs)
    }
  }

  public var featureChannels: [Int] { [Self.channels[0]] }
  public var featureStrides: [Int] { [1] }

  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    // The first convolution is the same for all tasks.
    let first = encoding[0][0]
    var x = first.norm(context.stacked(first.convolution(images, context)), context).relu()
    var places: [(indices: Tensor, height: Int, width: Int)] = []
    for (index, level) in encoding.enumerated() {
      x = level.dropFirst(index == 0 ? 1 : 0).reduce(x) { $1($0, context) }
      let (height, width) = (x.shape[2], x.shape[3])
      let pooled = x.maxPooledWithIndices(kernel: 2, stride: 2)
      places.append((pooled.indices, height, width))
      x = pooled.values
    }
    for (level, place) in zip(decoding, places).reversed() {
      x = x.maxUnpooled(place.indices, height: place.height, width: place.width)
      x = level.reduce(x) { $1($0, context) }
    }
    return [x]
  }

  public var normalizedConvolutions: [NormalizedConvolution] {
    (encoding + decoding).joined().compactMap { NormalizedConvolution($0.convolution, $0.norm) }
  }

  public func pretrainedName(of name: String) -> String {
    TaskNormalization.plainName(of: name, tasks: normalizationTasks)
  }

  /// The multi-task codes keep their heads beside the trunk.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("pred_task") }

  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    [("features", self(images, .evaluation)[0])]
  }
}

/// A 3×3 convolution with bias, its normalization, and ReLU.
private struct NormalizedStage: Layer {
  let convolution: Convolution
  let norm: TaskNormalization

  init(_ path: ParameterPath, from inputs: Int, to outputs: Int, tasks: [String]?) {
    convolution = Convolution(
      path["0"], from: inputs, to: outputs, kernel: 3, weight: .xavier(fanIn: inputs * 9, fanOut: outputs * 9),
      bias: .zeros)
    norm = TaskNormalization(path["1"], channels: outputs, tasks: tasks)
  }

  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    norm(convolution(input, context), context).relu()
  }
}
