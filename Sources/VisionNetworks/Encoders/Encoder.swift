import NeuralNetworks
import Torch

/// The trunk of a network: images in, feature maps out.
///
/// An encoder asks a ``LayerKit`` for its layers, and knows nothing of tasks. What else it may be able to do are protocols
/// of their own: ``PretrainedEncoder``, ``FeatureNaming``, ``TransformerEncoder``.
public protocol Encoder {
  /// The channels of each feature map.
  var featureChannels: [Int] { get }
  /// How many pixels of the image one step in each feature map is.
  var featureStrides: [Int] { get }

  /// - Parameter images: batch × channels × height × width.
  /// - Returns: the feature maps, each a stream that the context's tasks share or one for each of them,
  ///   batch × channels × height / stride × width / stride.
  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams]
}

extension Encoder {
  /// The feature maps of an encoder whose streams do not part.
  public func maps(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    self(images, context).map { streams in
      guard let map = streams.shared else {
        fatalError("the streams of \(context.tasks) have parted: there are no maps that they share")
      }
      return map
    }
  }
}

/// An encoder whose literature has names for its features, by which they are saved.
public protocol FeatureNaming: Encoder {
  /// - Parameter blocks: for transformers, the blocks (from 0) whose outputs are wanted, too.
  func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)]
}
