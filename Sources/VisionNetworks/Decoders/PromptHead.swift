import NeuralNetworks
import Torch

/// A 3×3 convolution with batch normalization and GELU over all feature maps side by side, and a 1×1 convolution, whose
/// output is resized bilinearly to the size of the image; in a second form, transposed convolution comes first.
///
/// - Source: the heads of Ye, Xu, *TaskPrompter: Spatial-Channel Multi-Task Prompting for Dense Scene Understanding*,
///   ICLR 2023, in its public code.
public struct PromptHead: Decoder {
  /// The form of the layers before the last convolution.
  public enum Form: Sendable {
    /// A 3×3 convolution.
    case convolution
    /// A 2×2 transposed convolution, which doubles the size and halves the channels, and a 3×3 convolution.
    case deconvolution
  }

  private let projection: Sequential
  private let prediction: Convolution

  /// Registers the head's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of each feature map, finest first.
  ///   - channels: the channels of the prediction.
  ///   - form: the form of the layers before the last convolution, which are as wide as the narrowest map.
  public init(_ path: ParameterPath, inputs: [Int], channels: Int, _ form: Form) {
    let (layers, sum, width) = (path["mt_proj"], inputs.reduce(0, +), inputs.min()!)
    switch form {
    case .convolution:
      projection = Sequential([
        Convolution(layers["0"], from: sum, to: width, kernel: 3), BatchNormalization(layers["1"], channels: width),
        Activation.gelu,
      ])
      prediction = Convolution(path["linear_pred"], from: width, to: channels, kernel: 1)
    case .deconvolution:
      let half = width / 2
      projection = Sequential([
        TransposedConvolution(layers["0"], from: sum, to: half, kernel: 2, stride: 2),
        BatchNormalization(layers["1"], channels: half), Activation.gelu,
        Convolution(layers["3"], from: half, to: half, kernel: 3), BatchNormalization(layers["4"], channels: half),
        Activation.gelu,
      ])
      prediction = Convolution(path["linear_pred"], from: half, to: channels, kernel: 1)
    }
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    prediction(projection(features.concatenatedMaps(), context), context)
      .resized(height: size.height, width: size.width, .bilinear)
  }
}

extension PromptHead {
  /// The entry `taskprompter-convolution` of ``DecoderRegistry``.
  public static let convolutionEntry = entry(
    "taskprompter-convolution", .convolution, "A 3×3 convolution with GELU and a 1×1 convolution over all maps.")
  /// The entry `taskprompter-deconvolution` of ``DecoderRegistry``.
  public static let deconvolutionEntry = entry(
    "taskprompter-deconvolution", .deconvolution,
    "A transposed, a 3×3 and a 1×1 convolution with GELU over all maps.")

  private static func entry(_ name: String, _ form: Form, _ summary: String) -> DecoderEntry {
    DecoderEntry(
      name, summary: summary,
      paper: "TaskPrompter: Spatial-Channel Multi-Task Prompting for Dense Scene Understanding, ICLR 2023"
    ) { path, inputs, channels in PromptHead(path, inputs: inputs, channels: channels, form) }
  }
}
