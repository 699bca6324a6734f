import NeuralNetworks
import Support
import Torch

/// A vision transformer with a prompt token for each task, which gives every task a feature map of its own.
///
/// Prompts and patches attend to each other in every block. After a quarter, half and three quarters of the blocks and
/// after the last one, the attention of a task's prompt weighs the patches for this task, in space and by channel. The
/// sum of the four results, enlarged four times, is the task's feature map. The entries are named as in the public code.
///
/// The layers that pass between prompts and patches have as many channels as there are patches, so that images have one
/// size.
///
/// - Source: Ye, Xu, *TaskPrompter: Spatial-Channel Multi-Task Prompting for Dense Scene Understanding*, ICLR 2023, in
///   the form of its public code, in which the prompts go on without channel attention.
public final class TaskPrompter: PretrainedEncoder {
  /// The size of the transformer, and of the tasks' parts.
  public struct Configuration: Sendable, Equatable {
    /// The transformer's size, and the images for which it is built.
    public var transformer: VisionTransformer.Configuration
    /// The channels to which a task's weighted patches are projected.
    public var decodedWidth: Int
    /// The channels of a task's feature map.
    public var outputWidth: Int
    /// The number of windows, in each direction, in which channels are weighed by themselves.
    public var windows: Int
    /// Whether a task's features are mixed with those of the others, weighed by the attention between prompts.
    public var mixesTasks: Bool

    /// Creates a configuration.
    public init(
      _ transformer: VisionTransformer.Configuration, decodedWidth: Int, outputWidth: Int, windows: Int,
      mixesTasks: Bool
    ) {
      self.transformer = transformer
      self.decodedWidth = decodedWidth
      self.outputWidth = outputWidth
      self.windows = windows
      self.mixesTasks = mixesTasks
    }
  }

  /// The sizes.
  public let configuration: Configuration
  /// The tasks, each of which has a prompt, in order.
  public let tasks: [String]
  private let projection: Convolution
  private let positions: Parameter
  private let prompts: Parameter
  private let blocks: [PromptedBlock]
  private let norm: LayerNormalization
  /// The blocks (zero-based) after which features are taken, beside those after the last one.
  private let selectedBlocks: [Int]
  private let levels: [PromptedLevel]

  /// Registers the layers for some tasks.
  ///
  /// Images that are not cut into equal windows stop the process.
  public init(_ path: ParameterPath, _ configuration: Configuration, tasks: [String]) {
    let (transformer, grid) = (configuration.transformer, configuration.transformer.grid)
    require(
      grid.rows % configuration.windows == 0 && grid.columns % configuration.windows == 0,
      "\(grid.rows)×\(grid.columns) patches: they have to be multiples of the \(configuration.windows) windows")
    self.configuration = configuration
    self.tasks = tasks
    let (width, depth) = (transformer.width, transformer.depth)
    let tokens = path.countingAsBias()
    positions = tokens.parameter("pos_embed", [1, 1 + grid.count, width], .normal(deviation: 0.02))
    prompts = tokens.parameter(
      "task_prompts", [tasks.count, width], .truncatedNormal(mean: 1, deviation: 1, in: -2...2))
    projection = Convolution(
      path["patch_embed", "proj"], from: transformer.imageChannels, to: width, kernel: transformer.patch,
      stride: transformer.patch, padding: 0)
    blocks = (0..<depth).map { index in
      PromptedBlock(
        path["blocks"][index], configuration,
        dropPath: depth > 1 ? transformer.dropPath * Double(index) / Double(depth - 1) : 0)
    }
    norm = LayerNormalization(path["norm"], width: width, epsilon: 1e-6)
    selectedBlocks = transformer.selectedBlocks
    levels = (0...selectedBlocks.count).map { PromptedLevel(path, level: $0, configuration, tasks: tasks) }
  }

  /// The channels of the tasks' one map.
  public var featureChannels: [Int] { [configuration.outputWidth] }
  /// A quarter of the side of a patch.
  public var featureStrides: [Int] { [configuration.transformer.patch / 4] }

  /// Returns one map for each of the context's tasks. Images of a size for which the encoder is not built, and a task
  /// without a prompt, stop the process.
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let grid = configuration.transformer.grid
    require(
      configuration.transformer.grid(of: images) == grid,
      "\(images.signature): images of \(configuration.transformer.imageHeight)×\(configuration.transformer.imageWidth) are expected, as tasks' parts have as many channels as there are patches"
    )
    var tokens = embedded(images, context)
    var maps: [[Tensor]] = []
    for (index, block) in blocks.enumerated() {
      let attention = block.attend(tokens, context)
      tokens.patches = block.patches(after: attention, tokens, context)
      // The prompts after the last block take no part in any feature.
      if index + 1 < blocks.count { tokens.prompts = block.prompts(after: attention, tokens, context) }
      if selectedBlocks.contains(index) { maps.append(levels[maps.count](tokens.patches, attention, context)) }
      if index + 1 == blocks.count {
        maps.append(levels[maps.count](norm(tokens.patches, context), attention, context))
      }
    }
    return [Streams(apart: context.tasks.map { sum(of: $0, maps, grid) })]
  }

  private func embedded(_ images: Tensor, _ context: ForwardContext) -> PromptedTokens {
    // There is no class token; its position is that of published weights.
    let patches = projection(images, context).pixelTokens + positions.value[.all, 1...]
    let prompts = prompts.value.expandingAxis(0).expanded([images.shape[0], -1, -1]).to(patches.dtype)
    return PromptedTokens(prompts: prompts, patches: patches)
  }

  private func sum(of task: String, _ maps: [[Tensor]], _ grid: PositionGrid) -> Tensor {
    guard let index = tasks.firstIndex(of: task) else {
      fatalError("there are prompts of the tasks \(tasks), but not of '\(task)'")
    }
    return maps.dropFirst().reduce(maps[0][index]) { $0 + $1[index] }
      .resized(height: 4 * grid.rows, width: 4 * grid.columns, .bilinear)
  }

  /// Returns whether an entry belongs to timm's classifier, or is the class token, of which a plain transformer's file
  /// has one.
  public func isClassifier(_ name: String) -> Bool {
    name == "cls_token" || VisionTransformer.isClassifier(name)
  }

  /// Returns whether an entry is a task's part, or connects prompts with patches.
  public func isOwn(_ name: String) -> Bool {
    name == "task_prompts" || name.contains(".token_trans")
      || ["fea_", "ctr_attn_conv."].contains { name.hasPrefix($0) }
  }

  /// Returns the value of an entry, which is resized to this network's grid if it holds position embeddings.
  ///
  /// - Throws: `FileError` if the grid of the file's positions is not known.
  public func adapt(_ name: String, _ value: Tensor, of file: SafetensorsFile) throws -> Tensor {
    try configuration.transformer.adapt(name, value, of: file)
  }
}
