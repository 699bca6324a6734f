import NeuralNetworks
import Torch

/// The step of a dense prediction transformer that joins the result of the coarser levels with a level's own map, and
/// doubles the resolution.
struct DPTFusion {
  private let skipUnit: ResidualConvolutionUnit
  private let unit: ResidualConvolutionUnit
  private let projection: Convolution

  /// Registers `resConfUnit1`, `resConfUnit2` and `out_conv`. The coarsest level does not use the first of them, which
  /// the public code has there, too.
  init(_ path: ParameterPath, channels: Int, isNormalized: Bool) {
    projection = Convolution(path["out_conv"], from: channels, to: channels, kernel: 1)
    skipUnit = ResidualConvolutionUnit(path["resConfUnit1"], channels: channels, isNormalized: isNormalized)
    unit = ResidualConvolutionUnit(path["resConfUnit2"], channels: channels, isNormalized: isNormalized)
  }

  /// - Parameters:
  ///   - coarser: the result of the next coarser level; nil at the coarsest.
  ///   - map: the level's own map, of the same size.
  /// - Returns: a map of twice the size.
  func callAsFunction(_ coarser: Tensor?, _ map: Tensor, _ context: ForwardContext) -> Tensor {
    let joined = coarser.map { $0 + skipUnit(map, context) } ?? map
    // A 1×1 convolution and linear interpolation may change places, and there are fewer pixels before.
    let result = projection(unit(joined, context), context)
    return result.resized(height: 2 * result.shape[2], width: 2 * result.shape[3], .bilinearAlignedCorners)
  }
}
