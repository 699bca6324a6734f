import NeuralNetworks
import Torch

/// The last layers of a dense prediction transformer.
struct DPTPrediction {
  private let first: Sequential
  private let second: Sequential

  /// Registers the layers of a form under the numbers that they have in the public code.
  init(_ path: ParameterPath, features: Int, channels: Int, _ configuration: DPTHead.Configuration) {
    switch configuration.prediction {
    case .segmentation:
      first = Self.segmentation(path, features: features, channels: channels)
      second = Sequential([])
    case .depth:
      first = Sequential([Convolution(path["0"], from: features, to: features / 2, kernel: 3)])
      second = Sequential(
        [
          Convolution(path["2"], from: features / 2, to: 32, kernel: 3), Activation.relu,
          Convolution(path["4"], from: 32, to: channels, kernel: 1),
        ] + (configuration.isNonNegative ? [Activation.relu] : []))
    }
  }

  /// Returns the layers of segmentation, without the resizing behind them.
  static func segmentation(_ path: ParameterPath, features: Int, channels: Int) -> Sequential {
    Sequential([
      Convolution(path["0"], from: features, to: features, kernel: 3, hasBias: false),
      BatchNormalization(path["1"], channels: features), Activation.relu, Dropout(probability: 0.1),
      Convolution(path["4"], from: features, to: channels, kernel: 1),
    ])
  }

  /// Returns the prediction at the size of the image.
  func callAsFunction(_ map: Tensor, size: (height: Int, width: Int), _ context: ForwardContext) -> Tensor {
    let resized = first(map, context).resized(height: size.height, width: size.width, .bilinearAlignedCorners)
    return second(resized, context)
  }
}
