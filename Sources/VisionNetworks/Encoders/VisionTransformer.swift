import NeuralNetworks
import Support
import Torch

/// A vision transformer with a class token and learned positions; entries named as in timm.
///
/// Its features are the patch tokens as maps after a quarter, half and three quarters of the blocks (without
/// the final normalization) and after the last one (with it).
///
/// - Source: Dosovitskiy et al., *An Image Is Worth 16x16 Words*, ICLR 2021; the choice of features: the
///   multi-scale transformer of the selective-task-groups system.
public final class VisionTransformer: TransformerEncoder, PretrainedEncoder, FeatureNaming {
  public struct Configuration: Sendable, Equatable {
    public var patch: Int
    public var width: Int
    public var depth: Int
    public var heads: Int
    /// The size of the grid that the positions are learned for, in pixels.
    public var imageHeight: Int
    public var imageWidth: Int
    /// Three for RGB.
    public var imageChannels = 3
    /// The probability that the last block is dropped in training; it rises linearly over the depth.
    public var dropPath: Double
    /// How positions are resized for pictures of another size.
    public var positionResizing: Interpolation

    public init(
      patch: Int = 16, width: Int, depth: Int, heads: Int, imageHeight: Int = 224, imageWidth: Int = 224,
      dropPath: Double = 0, positionResizing: Interpolation = .bicubicAntialiased
    ) {
      self.patch = patch
      self.width = width
      self.depth = depth
      self.heads = heads
      self.imageHeight = imageHeight
      self.imageWidth = imageWidth
      self.dropPath = dropPath
      self.positionResizing = positionResizing
    }

    public static let micro = Configuration(patch: 8, width: 48, depth: 3, heads: 3, imageHeight: 32, imageWidth: 32)
    /// For small pictures, from nothing.
    public static let mini = Configuration(patch: 8, width: 96, depth: 6, heads: 3, imageHeight: 64, imageWidth: 64)
    public static let tiny = Configuration(width: 192, depth: 12, heads: 3)
    public static let small = Configuration(width: 384, depth: 12, heads: 6)
    public static let base = Configuration(width: 768, depth: 12, heads: 12)
    public static let large = Configuration(width: 1024, depth: 24, heads: 16)
  }

  public let configuration: Configuration
  /// The blocks (zero-based) whose outputs are features, beside the normalized output of the last one.
  public let selectedBlocks: [Int]
  /// The blocks, which tasks may grow into.
  public let stack: TransformerStack
  private let patchEmbedding: Convolution
  private let classToken: Parameter
  private let positions: Parameter
  private let norm: LayerNormalization

  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    let (width, depth) = (configuration.width, configuration.depth)
    let grid = (configuration.imageHeight / configuration.patch) * (configuration.imageWidth / configuration.patch)
    classToken = path.countingAsBias().parameter("cls_token", [1, 1, width], .normal(deviation: 0.02))
    positions = path.countingAsBias().parameter("pos_embed", [1, 1 + grid, width], .normal(deviation: 0.02))
    patchEmbedding = Convolution(
      path["patch_embed", "proj"], from: configuration.imageChannels, to: width, kernel: configuration.patch,
      stride: configuration.patch,
      padding: 0)
    stack = TransformerStack(
      path["blocks"], width: width, depth: depth, heads: configuration.heads, dropPath: configuration.dropPath,
      kit: kit)
    norm = LayerNormalization(path["norm"], width: width, epsilon: 1e-6)
    selectedBlocks = (1...3).map { (depth * $0 + 3) / 4 - 1 }
  }

  public var featureChannels: [Int] { [Int](repeating: configuration.width, count: 4) }
  public var featureStrides: [Int] { [Int](repeating: configuration.patch, count: 4) }

  public func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ layer: Int, _ input: Streams) -> Void
  ) -> [Streams] {
    let (rows, columns) = gridSize(images)
    let embedded = Streams(embed(images, context))
    var features: [Streams] = []
    observe(0, embedded)
    let tokens = stack(embedded, context) { layer, output in
      if layer + 1 < stack.blocks.count { observe(layer + 1, output) }
      if selectedBlocks.contains(layer) { features.append(output.map { map($0, rows, columns) }) }
    }
    return features + [tokens.map { map(norm($0, context), rows, columns) }]
  }

  /// The tokens before the first block: batch × (1 + patches) × width, the class token first.
  public func embed(_ images: Tensor, _ context: ForwardContext) -> Tensor {
    let (rows, columns) = gridSize(images)
    let patches = patchEmbedding(images, context).flattened(from: 2).transposed(1, 2)
    let classTokens = classToken.value.expanded([images.shape[0], -1, -1]).to(patches.dtype)
    return Tensor.concatenated([classTokens, patches], axis: 1) + positions(rows: rows, columns: columns)
  }

  public func namedFeatures(_ images: Tensor, blocks wanted: [Int]) -> [(name: String, tensor: Tensor)] {
    let context = ForwardContext.evaluation
    var features: [(name: String, tensor: Tensor)] = []
    let tokens = stack(Streams(embed(images, context)), context) { layer, output in
      if wanted.contains(layer), let tokens = output.shared { features.append(("block\(layer)", tokens)) }
    }
    guard let tokens = tokens.shared else { fatalError("the features of a transformer that has parted have no names") }
    return features + [("tokens", norm(tokens, context))]
  }

  /// As timm calls it: the linear layer, that of a distilled network beside it, and the hidden layer before it.
  public func isClassifier(_ name: String) -> Bool {
    ["head.", "head_dist.", "pre_logits."].contains { name.hasPrefix($0) }
  }

  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor {
    let shape = value.shape
    guard name == "pos_embed", shape.count == 3, shape[0] == 1, shape[1] > 1, shape[2] == configuration.width else {
      return value
    }
    let grid = try PositionGrid(of: file, count: shape[1] - 1, own: learnedGrid)
    return resizedPositions(value, rows: grid.rows, columns: grid.columns)
  }

  /// Position embeddings of another grid, resized to this network's.
  ///
  /// - Parameter positions: 1 × (1 + rows · columns) × width, the class token's first.
  public func resizedPositions(_ positions: Tensor, rows: Int, columns: Int) -> Tensor {
    let grid = PositionGrid(rows: rows, columns: columns)
    require(
      positions.shape == [1, 1 + grid.count, configuration.width],
      "\(positions.signature): positions of \(rows)×\(columns) are 1 × \(1 + grid.count) × \(configuration.width)")
    return grid == learnedGrid ? positions : resize(positions.to(.float32), from: grid, to: learnedGrid)
  }

  private var learnedGrid: PositionGrid {
    PositionGrid(
      rows: configuration.imageHeight / configuration.patch, columns: configuration.imageWidth / configuration.patch)
  }

  private func positions(rows: Int, columns: Int) -> Tensor {
    let wanted = PositionGrid(rows: rows, columns: columns)
    return wanted == learnedGrid ? positions.value : resize(positions.value, from: learnedGrid, to: wanted)
  }

  private func resize(_ positions: Tensor, from old: PositionGrid, to new: PositionGrid) -> Tensor {
    let width = configuration.width
    let grid = positions[.all, 1...].reshaped([1, old.rows, old.columns, width]).permuted([0, 3, 1, 2])
    let resized = grid.resized(height: new.rows, width: new.columns, configuration.positionResizing)
    let tokens = resized.permuted([0, 2, 3, 1]).reshaped([1, new.count, width])
    return .concatenated([positions[.all, 0..<1], tokens], axis: 1)
  }

  private func gridSize(_ images: Tensor) -> (rows: Int, columns: Int) {
    let (height, width) = (images.shape[2], images.shape[3])
    require(
      height % configuration.patch == 0 && width % configuration.patch == 0,
      "\(images.signature): height and width have to be multiples of the patch, \(configuration.patch)")
    return (height / configuration.patch, width / configuration.patch)
  }

  private func map(_ tokens: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
    let (batch, width) = (tokens.shape[0], tokens.shape[2])
    return tokens[.all, 1...].transposed(1, 2).reshaped([batch, width, rows, columns])
  }
}
