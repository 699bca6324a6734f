import NeuralNetworks
import Torch

/// The step of a dense prediction transformer from the tokens of one block to a feature map of another resolution.
struct DPTReassembly {
  private let read: ReadTokens
  private let projection: Convolution
  private let resampling: (any Layer)?

  /// Registers the layers under `0`, `3` and `4`, as the public code does.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - level: the position among the four blocks, from 0, which are enlarged by 4, 2, 1 and 1/2.
  ///   - width: the number of channels of a token.
  ///   - channels: the number of channels of the map.
  ///   - readout: the way in which the class token is used.
  init(_ path: ParameterPath, level: Int, width: Int, channels: Int, _ readout: ClassTokenReadout) {
    read = ReadTokens(path["0"], width: width, readout)
    projection = Convolution(path["3"], from: width, to: channels, kernel: 1)
    resampling =
      switch level {
      case 0: TransposedConvolution(path["4"], from: channels, to: channels, kernel: 4, stride: 4)
      case 1: TransposedConvolution(path["4"], from: channels, to: channels, kernel: 2, stride: 2)
      case 2: nil
      default: Convolution(path["4"], from: channels, to: channels, kernel: 3, stride: 2)
      }
  }

  /// - Parameters:
  ///   - tokens: batch × (1 + rows · columns) × width, the class token first.
  ///   - grid: the patches of the image.
  /// - Returns: batch × channels × height × width.
  func callAsFunction(_ tokens: Tensor, _ grid: PositionGrid, _ context: ForwardContext) -> Tensor {
    let map = read(tokens).transposed(1, 2).reshaped([tokens.shape[0], -1, grid.rows, grid.columns])
    let projected = projection(map, context)
    return resampling?(projected, context) ?? projected
  }
}
