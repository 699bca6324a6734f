import NeuralNetworks
import Torch

/// The part of a network that belongs to one task, and computes its prediction from feature maps.
public protocol Decoder {
  /// Returns the task's prediction.
  ///
  /// - Parameters:
  ///   - features: the maps that the task starts from, finest first.
  ///   - size: height and width of the prediction, those of the image.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: batch × channels × height × width, or batch × channels of an image-level prediction, before any
  ///   activation.
  func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor
}

extension [Tensor] {
  /// Returns all maps side by side along the channels, at the size of the finest.
  func concatenatedMaps() -> Tensor {
    let (height, width) = (self[0].shape[2], self[0].shape[3])
    let maps = map { map in
      map.shape[2] == height && map.shape[3] == width
        ? map : map.resized(height: height, width: width, .bilinear)
    }
    return .concatenated(maps, axis: 1)
  }
}
