import NeuralNetworks
import Support
import Torch

/// A dense prediction transformer's decoder: the tokens of four blocks become maps of four resolutions, which are fused
/// from coarse to fine.
///
/// The features are raw tokens, the class token first: ``EncoderRequest/Readout/rawTokens``. The entries are named as in
/// the public code, `pretrained.act_postprocess1.3.weight` and `scratch.refinenet1.out_conv.weight`; the transformer,
/// which is `pretrained.model` there, is the encoder. Some have no part in any prediction: the first unit of
/// `scratch.refinenet4`, and `auxlayer`.
///
/// - Source: Ranftl et al., *Vision Transformers for Dense Prediction*, ICCV 2021, and its public code. For several
///   tasks each has reassembly, fusion and prediction of its own, as in *InterroGate: Learning to Share, Specialize, and
///   Prune Representations for Multi-Task Learning*, 2024.
public struct DPTHead: Decoder {
  /// The form of the decoder.
  public struct Configuration: Sendable, Equatable {
    /// The form of the last layers.
    public enum Prediction: String, Sendable, CaseIterable {
      /// A 3×3 and a 1×1 convolution before the last resizing; all convolutions are normalized.
      case segmentation
      /// A convolution before the last resizing and two behind it; no convolution is normalized.
      case depth
    }

    /// The channels of the fused maps.
    public var features = 256
    /// The way in which the class token is used.
    public var readout = ClassTokenReadout.project
    /// The form of the last layers.
    public var prediction = Prediction.segmentation
    /// Whether a prediction of the form ``Prediction/depth`` ends with a ReLU.
    public var isNonNegative = false

    /// Creates the public code's configuration for segmentation.
    public init() {}
  }

  private let patch: Int
  private let reassemblies: [DPTReassembly]
  private let projections: [Convolution]
  private let fusions: [DPTFusion]
  private let prediction: DPTPrediction

  /// Registers the decoder's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the number of channels of a token.
  ///   - patch: the height and width of a patch, in pixels.
  ///   - channels: the channels of the prediction.
  ///   - configuration: the form of the decoder.
  public init(
    _ path: ParameterPath, width: Int, patch: Int, channels: Int, _ configuration: Configuration = Configuration()
  ) {
    self.patch = patch
    let (scratch, features) = (path["scratch"], configuration.features)
    let isNormalized = configuration.prediction == .segmentation
    let widths = Self.mapChannels(width: width)
    reassemblies = widths.enumerated().map { level, channels in
      DPTReassembly(
        path["pretrained", "act_postprocess\(level + 1)"], level: level, width: width, channels: channels,
        configuration.readout)
    }
    projections = widths.enumerated().map { level, channels in
      Convolution(scratch["layer\(level + 1)_rn"], from: channels, to: features, kernel: 3, hasBias: false)
    }
    fusions = widths.indices.map { level in
      DPTFusion(scratch["refinenet\(level + 1)"], channels: features, isNormalized: isNormalized)
    }
    prediction = DPTPrediction(scratch["output_conv"], features: features, channels: channels, configuration)
    if isNormalized {
      _ = DPTPrediction.segmentation(path["auxlayer"], features: features, channels: channels)
    }
  }

  /// Returns the channels of the four maps: those of the public code for ViT-B and ViT-L, and those of ViT-B in
  /// proportion for any other width.
  static func mapChannels(width: Int) -> [Int] {
    width == 1024 ? [256, 512, 1024, 1024] : [width / 8, width / 4, width / 2, width]
  }

  /// Returns the prediction: batch × channels × height × width.
  ///
  /// - Parameters:
  ///   - features: the tokens of four blocks, batch × (1 + patches) × width. Other features, and an odd number of rows
  ///     or columns of patches, stop the process.
  ///   - size: height and width of the image.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    let grid = PositionGrid(rows: size.height / patch, columns: size.width / patch)
    require(
      features.count == reassemblies.count && features.allSatisfy { $0.rank == 3 && $0.shape[1] == 1 + grid.count },
      "the tokens of \(reassemblies.count) blocks for \(grid.count) patches are expected, not \(features.map(\.signature))"
    )
    require(
      grid.rows % 2 == 0 && grid.columns % 2 == 0,
      "\(grid.rows)×\(grid.columns) patches: the coarsest map has half as many rows and columns")
    var fused: Tensor?
    for level in reassemblies.indices.reversed() {
      let map = projections[level](reassemblies[level](features[level], grid, context), context)
      fused = fusions[level](fused, map, context)
    }
    return prediction(fused!, size: size, context)
  }
}
