import NeuralNetworks
import Support
import Torch
import VisionNetworks

/// The trunk of the robot-vision system: two encoders, one for color and one for depth, whose stages are fused, and a
/// feature pyramid over the fused stages. The encoders are ResNet-18 in the publication.
///
/// A stage is fused by a 1×1 convolution of the maps of color and depth to the channels of one of them, and a batch
/// normalization.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*; two streams: Back et al., *Unseen Object
///   Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022.
public final class FusedBackbone {
  /// By which statistics the two encoders normalize in training. The fusion's own normalizations always follow
  /// the batch's.
  public enum Normalization: Sendable {
    /// The statistics of the batch: for networks that are trained from nothing.
    case batch
    /// The stored statistics: for networks that were trained before.
    case stored
  }

  /// The names of the two encoders in a network that holds this one at a path.
  public static let encoderNames = ["bottom_up_rgb", "bottom_up_depth"]
  /// The channels of an image: red, green, blue, and depth three times.
  public static let imageChannels = 6
  /// The number of pixels that height and width of an image have to be multiples of.
  public static let sizeMultiple = 32
  /// The strides of the stages, and of the pyramid's maps.
  public static let strides = [4, 8, 16, 32]

  /// By which statistics the encoders normalize in training.
  public var normalization: Normalization
  /// The encoders of color and of depth.
  public let encoders: [any Encoder]
  private let fusions: [Fusion]
  private let pyramid: FeaturePyramid

  /// Registers `bottom_up_rgb`, `bottom_up_depth`, `fusion_layers` and the layers of the pyramid.
  ///
  /// - Parameters:
  ///   - path: where the parts are registered.
  ///   - channels: the channels of the pyramid.
  ///   - normalization: by which statistics the encoders normalize in training.
  ///   - makeEncoder: builds an encoder of images of three channels at a path, with maps of strides 4, 8, 16 and 32;
  ///     another one stops the process. It defaults to a ResNet-18.
  public init(
    _ path: ParameterPath, channels: Int, normalization: Normalization = .batch,
    makeEncoder: (ParameterPath) -> any Encoder = { ResNet($0, .resNet18) }
  ) {
    self.normalization = normalization
    encoders = Self.encoderNames.map { makeEncoder(path[$0]) }
    for encoder in encoders {
      require(
        encoder.featureStrides == Self.strides,
        "an encoder with maps of strides \(encoder.featureStrides) is no part of a backbone of strides \(Self.strides)")
    }
    let stages = encoders[0].featureChannels
    fusions = stages.enumerated().map { Fusion(path["fusion_layers", "fusion_layer_\($0 + 2)"], channels: $1) }
    pyramid = FeaturePyramid(path, from: stages, channels: channels)
  }

  /// Returns the maps P2 to P5 of a feature pyramid, with strides 4 to 32.
  ///
  /// - Parameters:
  ///   - images: batch × 6 × height × width: red, green and blue, and depth three times, normalized. Height and width are
  ///     multiples of 32.
  ///   - context: whether the network is in training.
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    let shape = images.shape
    require(
      shape.count == 4 && shape[1] == Self.imageChannels && shape[2] % Self.sizeMultiple == 0
        && shape[3] % Self.sizeMultiple == 0,
      "\(images.signature) are no images of \(Self.imageChannels) channels and sides that are multiples of "
        + "\(Self.sizeMultiple)")
    let own = normalization == .stored ? ForwardContext.evaluation : context
    let streams = zip(encoders, images.split([3, 3], axis: 1)).map { $0.maps($1, own) }
    let fused = fusions.indices.map { fusions[$0]([streams[0][$0], streams[1][$0]], context) }
    return pyramid(fused, context)
  }
}

/// The fusion of two maps of the same stage.
private struct Fusion {
  private let convolution: Convolution
  private let normalization: BatchNormalization

  init(_ path: ParameterPath, channels: Int) {
    convolution = Convolution(
      path, from: 2 * channels, to: channels, kernel: 1, hasBias: false, weight: .kaiming(fanOut: channels))
    normalization = BatchNormalization(path["norm"], channels: channels)
  }

  func callAsFunction(_ maps: [Tensor], _ context: ForwardContext) -> Tensor {
    normalization(convolution(.concatenated(maps, axis: 1), context), context)
  }
}
