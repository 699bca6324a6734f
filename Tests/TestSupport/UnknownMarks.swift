import NeuralNetworks
import Torch

// Reference numbers come from programs that mark unknown ground truth by the number 255.

extension Labels {
  /// Labels that are unknown where they are 255.
  ///
  /// - Parameter wholePixels: whether a pixel is unknown as soon as one of its channels is.
  public init(marked values: Tensor, wholePixels: Bool = false) {
    let known = values .!= 255
    self.init(
      values,
      known: wholePixels ? known.to(.uint8).min(axis: 1, keepingAxes: true).to(.bool) : known)
  }
}

extension Collection where Element: Numeric {
  /// False for each 255.
  public var known: [Bool] { map { $0 != 255 } }
}
