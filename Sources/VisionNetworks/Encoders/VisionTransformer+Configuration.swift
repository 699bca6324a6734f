import Support
import Torch

extension VisionTransformer.Configuration {
  /// The patches for which positions are learned.
  var grid: PositionGrid { PositionGrid(rows: imageHeight / patch, columns: imageWidth / patch) }

  /// Returns the patches of images. A height or width that is not a multiple of the patch stops the process.
  func grid(of images: Tensor) -> PositionGrid {
    let (height, width) = (images.shape[2], images.shape[3])
    require(
      height % patch == 0 && width % patch == 0,
      "\(images.signature): height and width have to be multiples of the patch, \(patch)")
    return PositionGrid(rows: height / patch, columns: width / patch)
  }

  /// The blocks (zero-based) after which features are taken, beside those after the last one.
  var selectedBlocks: [Int] { (1...3).map { (depth * $0 + 3) / 4 - 1 } }

  /// Takes the images and the regularization that a network asks for.
  mutating func adopt(_ request: EncoderRequest) {
    imageHeight = request.imageHeight
    imageWidth = request.imageWidth
    imageChannels = request.imageChannels
    dropPath = request.dropPath
    readout = request.readout
    positionResizing = request.positionResizing
  }

  /// Returns the value of a file's entry, which is resized to the grid of patches if it holds position embeddings.
  ///
  /// - Throws: `FileError` if the grid of the file's positions is not known.
  func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor {
    let shape = value.shape
    guard name == "pos_embed", shape.count == 3, shape[0] == 1, shape[1] > 1, shape[2] == width else { return value }
    return resizedPositions(value, from: try PositionGrid(of: file, count: shape[1] - 1, own: grid))
  }

  /// Returns position embeddings, 1 × (1 + rows · columns) × width, for this configuration's grid. Another shape stops
  /// the process.
  func resizedPositions(_ positions: Tensor, from old: PositionGrid) -> Tensor {
    require(
      positions.shape == [1, 1 + old.count, width],
      "\(positions.signature): positions of \(old.rows)×\(old.columns) are 1 × \(1 + old.count) × \(width)")
    return old == grid ? positions : old.resize(positions.to(.float32), to: grid, positionResizing)
  }
}
