import Support
import Torch

/// The feature maps of one or more levels as one matrix, in which regions of all of them are pooled at once: a row for
/// each position of each image, by level, image, row and column, and a column for each channel.
public struct FeatureRows {
  struct Level {
    /// The number of the map's elements that one pixel of the image is.
    let scale: Double
    let height: Int
    let width: Int
    /// The row of the first position.
    let firstRow: Int
  }

  /// Positions × channels.
  let rows: Tensor
  let levels: [Level]
  let batch: Int
  let channels: Int
  let rowCount: Int

  /// Lays maps out, so that autograd follows the rows back to them.
  ///
  /// - Parameter maps: batch × channels × height × width of each level, and the number of its elements that one pixel of
  ///   the image is. Batch and channels are the same for all.
  public init(_ maps: [(features: Tensor, scale: Double)]) {
    require(!maps.isEmpty, "there is no feature map to pool regions from")
    let shape = maps[0].features.shape
    (batch, channels) = (shape[0], shape[1])
    var levels: [Level] = []
    var count = 0
    for (features, scale) in maps {
      let own = features.shape
      require(
        own.count == 4 && own[0] == shape[0] && own[1] == shape[1],
        "\(features.signature) and \(maps[0].features.signature) are no levels of one pyramid")
      levels.append(Level(scale: scale, height: own[2], width: own[3], firstRow: count))
      count += own[0] * own[2] * own[3]
    }
    self.levels = levels
    rowCount = count
    let channels = channels
    rows = .concatenated(maps.map { $0.features.permuted([0, 2, 3, 1]).reshaped([-1, channels]) })
  }
}
