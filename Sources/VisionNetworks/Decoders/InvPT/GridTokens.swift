import Torch

extension Tensor {
  /// Returns tokens of grids of another size, each channel resized bilinearly by itself.
  ///
  /// - Parameters:
  ///   - old: the grid of the tokens that lie one after another along the last axis but one: … × (grids · rows ·
  ///     columns) × channels.
  ///   - new: the grid of the result's tokens.
  /// - Returns: … × (grids · rows · columns) × channels.
  func resizedTokens(from old: PositionGrid, to new: PositionGrid) -> Tensor {
    maps(old).resized(height: new.rows, width: new.columns, .bilinear).permuted([0, 2, 3, 1])
      .reshaped(shape.dropLast(2) + [-1, shape[rank - 1]])
  }

  /// Returns tokens of several grids as maps one after another along the first axis: (… · grids) × channels × rows ×
  /// columns.
  func maps(_ grid: PositionGrid) -> Tensor {
    reshaped([-1, grid.rows, grid.columns, shape[rank - 1]]).permuted([0, 3, 1, 2])
  }

  /// Returns the pixels of a map as tokens: batch × (rows · columns) × channels.
  var pixelTokens: Tensor { flattened(from: 2).transposed(1, 2) }
}
