import MultitaskLearning
import NeuralNetworks
import Torch
import VisionNetworks

/// The robot-vision system: from color and depth to the objects of a bin, each with the box of the whole object, the mask
/// of what can be seen of it, the mask of the whole, and whether it is occluded.
///
/// What all seven losses reach is the backbone; its pyramid P2 to P5 are the features Z.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*; the heads: Back et al., *Unseen Object
///   Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022.
public final class RobotVisionNetwork {
  /// The parameters and buffers.
  public let store: ParameterStore
  /// The part before the features.
  public let backbone: FusedBackbone
  /// The part behind the features.
  public let heads: DetectionHeads

  /// Builds a network.
  ///
  /// - Parameters:
  ///   - configuration: the size of the network, and how it is trained and asked.
  ///   - normalization: by which statistics the encoders normalize in training: the stored ones if pretrained weights
  ///     are to be loaded.
  ///   - seed: the seed of the initial values.
  ///   - device: the device of parameters and buffers.
  ///   - dtype: the type of parameters and buffers.
  ///   - makeEncoder: builds the encoder of color, and that of depth, at a path; it defaults to a ResNet-18.
  public init(
    _ configuration: DetectorConfiguration, normalization: FusedBackbone.Normalization = .batch, seed: UInt64,
    device: Device = .cpu, dtype: DType = .float32,
    makeEncoder: (ParameterPath) -> any Encoder = { ResNet($0, .resNet18) }
  ) {
    store = ParameterStore(seed: seed, device: device, dtype: dtype)
    backbone = FusedBackbone(
      store.root["backbone"], channels: configuration.channels, normalization: normalization, makeEncoder: makeEncoder)
    heads = DetectionHeads(store.root, configuration)
    store.layOut()
  }

  /// How the network is trained and asked.
  public var configuration: DetectorConfiguration { heads.configuration }

  /// Returns the features Z: the maps P2 to P5 of images of batch × 6 × height × width.
  public func features(_ images: Tensor, _ context: ForwardContext) -> [Tensor] { backbone(images, context) }

  /// Loads weights of a plain encoder, such as torchvision's ResNet-18, into the encoders of color and of depth.
  ///
  /// - Throws: `LoadError` if entries are missing, unknown or of another shape; `FileError` for a malformed file;
  ///   `NetworkError` for encoders that take no pretrained weights.
  public func loadEncoders(_ file: SafetensorsFile) throws {
    for (encoder, name) in zip(backbone.encoders, FusedBackbone.encoderNames) {
      guard let encoder = encoder as? any PretrainedEncoder else {
        throw NetworkError("an encoder of the robot-vision system takes no pretrained weights")
      }
      try encoder.loadPretrained(file, into: store, prefix: "backbone.\(name).")
    }
  }

  /// Returns the objects that are found in each image of a batch, best first.
  ///
  /// - Parameters:
  ///   - images: batch × 6 × height × width.
  ///   - sizes: the size of each image without what it is padded by.
  ///   - originalSizes: the sizes of the images before they were resized; nil if they were not.
  public func detections(
    in images: Tensor, sizes: [ImageSize], originalSizes: [ImageSize]? = nil
  ) -> [[DetectedObject]] {
    withoutGradients {
      heads.detections(in: features(images, .evaluation), sizes: sizes, originalSizes: originalSizes)
    }
  }
}

extension RobotVisionNetwork: AdaptableNetwork {
  /// The names of the seven losses, in the order of ``DetectionLoss``.
  public var tasks: [String] { DetectionLoss.allCases.map(\.rawValue) }
  /// Nil: the network has no tokens.
  public var transformer: TransformerStack? { nil }
}
