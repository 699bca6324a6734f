import NeuralNetworks
import Torch

/// An objective whose network is made of transformer blocks, whose tokens all tasks share up to some layer.
public protocol TokenSharing: MultitaskObjective {
  /// The shared features.
  ///
  /// - Parameter observe: told on the way the tokens that enter each layer, batch × tokens × width, up to the last layer
  ///   that tasks enter together.
  func features(observing observe: (_ tokens: Tensor) -> Void) -> Features
}
