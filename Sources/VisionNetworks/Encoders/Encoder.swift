import NeuralNetworks
import Torch

/// The trunk of a network, which computes feature maps from images.
///
/// An encoder asks a `LayerKit` for its layers, and its code does not depend on tasks. Further abilities are protocols
/// of their own: ``PretrainedEncoder``, ``FeatureNaming``, ``TransformerEncoder``.
public protocol Encoder {
  /// The channels of each feature map.
  var featureChannels: [Int] { get }
  /// The number of pixels of the image that one step in each feature map is.
  var featureStrides: [Int] { get }

  /// The names of the feature maps in the results of public code, below the encoder's; by default their positions.
  var featureNames: [String] { get }

  /// Returns the feature maps of some images, finest first.
  ///
  /// - Parameters:
  ///   - images: batch × channels × height × width.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: the feature maps, each a stream that the context's tasks share or one for each of them,
  ///   batch × channels × height / stride × width / stride.
  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams]
}

extension Encoder {
  /// The positions of the feature maps.
  public var featureNames: [String] { featureChannels.indices.map { "\($0)" } }

  /// Returns the feature maps of an encoder whose streams do not part; streams that have parted stop the process.
  public func maps(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    self(images, context).map { streams in
      guard let map = streams.shared else {
        fatalError("the streams of \(context.tasks) have parted: there are no maps that they share")
      }
      return map
    }
  }
}

/// An encoder whose features have names in the literature, by which they are saved.
public protocol FeatureNaming: Encoder {
  /// Returns the features in evaluation, with their names.
  ///
  /// - Parameters:
  ///   - images: batch × channels × height × width.
  ///   - blocks: for transformers, the blocks (from 0) whose outputs are wanted, too.
  func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)]
}
