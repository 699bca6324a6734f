import NeuralNetworks
import Support
import Torch

/// A vision transformer with a class token and learned positions, whose entries are named as in timm.
///
/// The features are the patch tokens as maps after a quarter, half and three quarters of the blocks (without
/// the final normalization) and after the last one (with it).
///
/// - Source: Dosovitskiy et al., *An Image Is Worth 16x16 Words: Transformers for Image Recognition at Scale*, ICLR
///   2021; the choice of features is that of *Selective Task Group Updates for Multi-Task Optimization*, ICLR 2025.
public final class VisionTransformer: TransformerEncoder, PretrainedEncoder, FeatureNaming {
  /// The size of a vision transformer, and the images for which its positions are learned.
  public struct Configuration: Sendable, Equatable {
    /// The height and width of a patch, in pixels.
    public var patch: Int
    /// The number of channels of a token.
    public var width: Int
    /// The number of blocks.
    public var depth: Int
    /// The number of attention heads, a divisor of the width.
    public var heads: Int
    /// The height, in pixels, of the images for which the positions are learned.
    public var imageHeight: Int
    /// The width, in pixels, of the images for which the positions are learned.
    public var imageWidth: Int
    /// The channels of the images, which are three for RGB.
    public var imageChannels = 3
    /// The probability that the last block is dropped in training; it rises linearly over the depth.
    public var dropPath: Double
    /// The form of the features.
    public var readout = EncoderRequest.Readout.maps
    /// The interpolation of positions for images of another size.
    public var positionResizing: Interpolation

    /// Creates a configuration for RGB images of 224 × 224 pixels and patches of 16 × 16 by default.
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

    /// The smallest configuration, for tests on images of 32 × 32 pixels.
    public static let micro = Configuration(patch: 8, width: 48, depth: 3, heads: 3, imageHeight: 32, imageWidth: 32)
    /// A small configuration for images of 64 × 64 pixels, to be trained without pretrained weights.
    public static let mini = Configuration(patch: 8, width: 96, depth: 6, heads: 3, imageHeight: 64, imageWidth: 64)
    /// ViT-Ti/16 for images of 224 × 224 pixels.
    public static let tiny = Configuration(width: 192, depth: 12, heads: 3)
    /// ViT-S/16 for images of 224 × 224 pixels.
    public static let small = Configuration(width: 384, depth: 12, heads: 6)
    /// ViT-S/16 with twelve heads instead of six, as the public code of *Selective Task Group Updates for Multi-Task
    /// Optimization*, ICLR 2025, has it. Weights of timm's ViT-S, which fit by name and shape, are those of six heads.
    public static let smallOfTwelveHeads = Configuration(width: 384, depth: 12, heads: 12)
    /// ViT-B/16 for images of 224 × 224 pixels.
    public static let base = Configuration(width: 768, depth: 12, heads: 12)
    /// ViT-L/16 for images of 224 × 224 pixels.
    public static let large = Configuration(width: 1024, depth: 24, heads: 16)
  }

  /// The network's size.
  public let configuration: Configuration
  /// The blocks (zero-based) whose outputs are features, beside the normalized output of the last one.
  public let selectedBlocks: [Int]
  /// The blocks, to which parts of tasks can be added.
  public let stack: TransformerStack
  private let embedding: any StreamLayer
  private let norm: any StreamLayer

  /// Registers the network's layers, whose blocks a kit makes; the kit defaults to layers that all tasks share.
  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    let (width, depth) = (configuration.width, configuration.depth)
    embedding = kit.embedding(path, named: "patch_embed", to: width) {
      PatchEmbedding($0, configuration, width: $1)
    }
    stack = TransformerStack(
      path["blocks"], width: width, depth: depth, heads: configuration.heads, dropPath: configuration.dropPath,
      kit: kit)
    norm = kit.finalNormalization(path["norm"], width: width, epsilon: 1e-6)
    selectedBlocks = configuration.selectedBlocks
  }

  /// The width of the tokens, for each of the four feature maps.
  public var featureChannels: [Int] { [Int](repeating: configuration.width, count: 4) }
  /// `1.0` to `1.3`: the maps are the second of two results.
  public var featureNames: [String] { (0..<4).map { "1.\($0)" } }
  /// The side of a patch, for each of the four feature maps.
  public var featureStrides: [Int] { [Int](repeating: configuration.patch, count: 4) }

  /// Returns the four feature maps of some images, and hands out the tokens that enter each block, the class token
  /// first.
  ///
  /// Images whose height or width is not a multiple of the patch stop the process.
  public func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ layer: Int, _ input: Streams) -> Void
  ) -> [Streams] {
    let (rows, columns) = gridSize(images)
    let embedded = embedding(Streams(images), context)
    var features: [Streams] = []
    observe(0, embedded)
    let tokens = stack(embedded, context) { layer, output in
      if layer + 1 < stack.blocks.count { observe(layer + 1, output) }
      if selectedBlocks.contains(layer) { features.append(output) }
    }
    features.append(configuration.readout == .maps ? norm(tokens, context) : tokens)
    return configuration.readout == .rawTokens
      ? features : features.map { $0.mapChannels(to: .maps) { map($0, rows, columns) } }
  }

  /// Returns the tokens before the first block: batch × (1 + patches) × width, the class token first.
  public func embed(_ images: Tensor, _ context: ForwardContext) -> Tensor {
    guard let tokens = embedding(Streams(images), context).shared else {
      fatalError("each task embeds patches by itself: there are no tokens that all share")
    }
    return tokens
  }

  /// Returns the normalized tokens after the last block as `tokens`, and before them those after some blocks as
  /// `block0` and so on.
  public func namedFeatures(_ images: Tensor, blocks wanted: [Int]) -> [(name: String, tensor: Tensor)] {
    let context = ForwardContext.evaluation
    var features: [(name: String, tensor: Tensor)] = []
    let tokens = stack(embedding(Streams(images), context), context) { layer, output in
      if wanted.contains(layer), let tokens = output.shared { features.append(("block\(layer)", tokens)) }
    }
    guard let tokens = norm(tokens, context).shared else {
      fatalError("the features of a transformer that has parted have no names")
    }
    return features + [("tokens", tokens)]
  }

  /// Returns whether an entry belongs to timm's classifier: the linear layer `head`, that of a distilled network beside
  /// it, or the hidden layer before it.
  public func isClassifier(_ name: String) -> Bool { Self.isClassifier(name) }

  static func isClassifier(_ name: String) -> Bool {
    ["head.", "head_dist.", "pre_logits."].contains { name.hasPrefix($0) }
  }

  /// Returns the value of an entry, which is resized to this network's grid if it holds position embeddings.
  ///
  /// - Throws: `FileError` if the grid of the file's positions is not known.
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor {
    try configuration.adapt(name, value, of: file)
  }

  /// Returns position embeddings of another grid, resized to this network's.
  ///
  /// - Parameters:
  ///   - positions: 1 × (1 + rows · columns) × width, the class token's first; another shape stops the process.
  ///   - rows: the number of rows of patches for which the positions were learned.
  ///   - columns: the number of columns of patches for which the positions were learned.
  public func resizedPositions(_ positions: Tensor, rows: Int, columns: Int) -> Tensor {
    configuration.resizedPositions(positions, from: PositionGrid(rows: rows, columns: columns))
  }

  private func gridSize(_ images: Tensor) -> (rows: Int, columns: Int) {
    let grid = configuration.grid(of: images)
    return (grid.rows, grid.columns)
  }

  private func map(_ tokens: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
    let (batch, width) = (tokens.shape[0], tokens.shape[2])
    return tokens[.all, 1...].transposed(1, 2).reshaped([batch, width, rows, columns])
  }
}
