import Support
import Torch

/// A sequence of transformer blocks, to which parts of tasks can be added: ``grow(_:tasks:)``.
///
/// The tasks share one stream of tokens up to the first modulated layer. From there on the shared weights process the
/// tasks' streams stacked along the batch, and only those of the tasks that the context names. A stack of L layers,
/// separate from layer f (from 0) on, so costs `f + K (L − f)` instead of L layers for K tasks. Tokens of tasks need no
/// streams of their own: in the shared one, the layer sees all tasks' tokens. Methods that need each task's gradient
/// pass the whole stack once for each task: K L layers.
public final class TransformerStack {
  /// The blocks in order.
  public let blocks: [TransformerBlock]
  /// The number of channels of a token.
  public let width: Int
  /// The parts of tasks that were added; nil if there are none.
  public private(set) var growth: TokenGrowth?

  private let path: ParameterPath
  private var modulators: [Int: TokenModulator] = [:]
  /// The tokens of every task by layer, in the network's order: 1 × tokens × width.
  private var tokens: [Int: [(task: String, value: Parameter)]] = [:]

  /// Registers `depth` blocks as `path.0`, `path.1` and so on.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the number of channels of a token.
  ///   - depth: the number of blocks.
  ///   - heads: the number of attention heads, a divisor of `width`.
  ///   - dropPath: the probability that the last block is dropped in training; it rises linearly over the depth.
  ///   - kit: how tasks share the linear layers.
  public init(
    _ path: ParameterPath, width: Int, depth: Int, heads: Int, dropPath: Double = 0, kit: any LayerKit = PlainKit()
  ) {
    self.path = path
    self.width = width
    blocks = (0..<depth).map { index in
      TransformerBlock(
        path[index], width: width, heads: heads,
        dropPath: depth > 1 ? dropPath * Double(index) / Double(depth - 1) : 0, kit: kit)
    }
  }

  /// Whether growth has given each task a stream of its own.
  public var partsStreams: Bool { growth?.firstSeparateLayer != nil }

  /// Registers modulators and tokens for every task. The caller has to lay out the store afterwards.
  ///
  /// A second growth, and a layer that the stack does not have, stop the process.
  public func grow(_ growth: TokenGrowth, tasks: [String]) {
    require(self.growth == nil, "a transformer can grow only once")
    let layers = growth.modulatedLayers + growth.expandedLayers
    require(
      layers.allSatisfy(blocks.indices.contains),
      "layers \(layers) have to be among the \(blocks.count) of the transformer, from 0")
    self.growth = growth
    for layer in growth.modulatedLayers {
      modulators[layer] = TokenModulator(path[layer]["modulators"], width: width, tasks: tasks, growth.modulation)
    }
    for layer in growth.expandedLayers {
      tokens[layer] = tasks.map { task in
        let reach: Reach = growth.hasOwnTokens(layer) ? .task(task) : .everyTask
        let value = path[layer]["tokens"].reached(by: reach).countingAsBias()
          .parameter(task, [1, growth.tokensPerTask, width], .normal(deviation: 0.02))
        return (task, value)
      }
    }
  }

  /// Returns whether an entry of a state dict belongs to a task's part, which only a transformer has that has grown.
  public static func isGrown(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count > 2 && parts.contains { $0 == "modulators" || $0 == "tokens" }
  }

  /// Returns the tokens after the last block, without the tasks' tokens.
  ///
  /// - Parameters:
  ///   - input: batch × tokens × width of each stream.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  ///   - observe: called with every layer's number and its output, without the tasks' tokens.
  public func callAsFunction(
    _ input: Streams, _ context: ForwardContext,
    observing observe: (_ layer: Int, _ output: Streams) -> Void = { _, _ in }
  ) -> Streams {
    var stream = input
    // Tokens of tasks that stay after their layer.
    var kept: [Streams] = []
    for (layer, block) in blocks.enumerated() {
      if let modulator = modulators[layer] { stream = modulator(stream, context) }
      let all = [stream] + kept + (extraTokens(layer, stream, context).map { [$0] } ?? [])
      guard all.count > 1 else {
        stream = block(stream, context)
        observe(layer, stream)
        continue
      }
      let output = block(Streams.combined(all) { .concatenated($0, axis: 1) }, context)
      let (count, whole) = (stream.size(ofAxis: 1), output.size(ofAxis: 1))
      stream = output.map { $0.narrowed(axis: 1, from: 0, count: count) }
      if growth?.keepsTokens == true {
        kept = [output.map { $0.narrowed(axis: 1, from: count, count: whole - count) }]
      }
      observe(layer, stream)
    }
    return stream
  }

  /// Returns the tokens that tasks add to a layer's, batch × tokens × width of each stream; nil if they add none.
  private func extraTokens(_ layer: Int, _ stream: Streams, _ context: ForwardContext) -> Streams? {
    guard let growth, let tokens = tokens[layer] else { return nil }
    guard growth.hasOwnTokens(layer) else {
      // All tasks' tokens, in every stream.
      let all = Tensor.concatenated(tokens.map(\.value.value), axis: 1)
      return stream.map { all.expanded([$0.shape[0], -1, -1]).to($0.dtype) }
    }
    let own = context.tasks.map { task in tokens.first { $0.task == task }!.value.value }
    let streams = stream.stacked(count: own.count)
    let batch = streams.shape[0] / own.count
    let extra = Tensor.concatenated(own.map { $0.expanded([batch, -1, -1]) }, axis: 0)
    return Streams(stacked: extra.to(streams.dtype), count: own.count)
  }
}

extension SafetensorsFile {
  /// Checks that the file is not that of a transformer that has grown, of which a plain one would lack a part.
  ///
  /// - Throws: `FileError` that names an entry of a task's part.
  public func requirePlainTransformer() throws {
    guard let grown = names.first(where: TransformerStack.isGrown) else { return }
    throw FileError(url, "holds a transformer that grew ('\(grown)'): an encoder's weights are those of a plain one")
  }
}
