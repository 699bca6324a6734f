import Torch

/// The attention of a block between prompts and patches, of which features are made.
///
/// All products are raw: neither scaled nor passed through a softmax, as in the public code.
struct PromptAttention {
  /// What each prompt and patch gathers: batch × (tasks + patches) × width.
  let gathered: Tensor
  /// Batch × heads × tasks × width / heads.
  let queries: Tensor
  /// Batch × heads × (tasks + patches) × width / heads.
  let keys: Tensor
  /// Batch × tasks × patches.
  let channelPrompts: Tensor
  /// The normalized patches before attention: batch × patches × width.
  let patches: Tensor
  /// The patches of an image.
  let grid: PositionGrid
  /// The number of windows in each direction.
  let windows: Int

  /// The products of each prompt with all prompts, batch × heads × tasks × tasks, and with all patches, batch × heads ×
  /// tasks × patches.
  func products() -> (prompts: Tensor, patches: Tensor) {
    let tasks = queries.shape[2]
    let parts = queries.matmul(keys.transposed()).split([tasks, grid.count], axis: 3)
    return (parts[0], parts[1])
  }

  /// The products of each channel prompt with every channel over the patches of a window: batch × tasks × width ×
  /// windows × windows.
  func channelProducts() -> Tensor {
    let (batch, tasks, width) = (patches.shape[0], channelPrompts.shape[1], patches.shape[2])
    let inWindows = [windows, grid.rows / windows, windows, grid.columns / windows]
    let size = grid.count / (windows * windows)
    // A matrix product for each window.
    let prompts = channelPrompts.reshaped([batch, tasks] + inWindows).permuted([0, 2, 4, 1, 3, 5])
      .reshaped([-1, tasks, size])
    let pixels = patches.reshaped([batch] + inWindows + [width]).permuted([0, 1, 3, 2, 4, 5])
      .reshaped([-1, size, width])
    return prompts.matmul(pixels).reshaped([batch, windows, windows, tasks, width]).permuted([0, 3, 4, 1, 2])
  }
}
