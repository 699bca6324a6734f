import Torch

/// The layers of a gated network as one forward pass meets them: which streams each of them reads, and where these come
/// from. What is computed in the pass does not matter.
///
/// The trace belongs to the thread of the pass.
public final class GateTrace: @unchecked Sendable {
  /// A gated layer, and what it reads.
  struct Entry {
    let name: String
    /// Whether each task takes its own channel, by task and channel.
    let pattern: [[Bool]]
    /// The multiply-adds of an output channel for one image.
    let multiplyAddsPerChannel: Int
    /// The attention over the layer's output; nil if there is none.
    var attention: GateCost.AttentionShape?
    /// For each task, its input's channels as positions of different ones; nil if the input is the image.
    let sources: [[Int]]?
    /// For each task, the numbers of the layers from whose outputs its input was computed.
    let origins: [Set<Int>]
  }

  /// In the order of the pass.
  private(set) var entries: [Entry] = []

  /// The multiply-adds outside of the gated layers, for one image.
  private(set) var otherMultiplyAdds = 0

  /// Creates a trace of no layer.
  public init() {}

  /// Counts the multiply-adds of a pass, from the operators that run in it.
  package func counting<Result>(_ pass: () -> Result) -> Result {
    observingOperators(
      { [self] call in
        if case .products(let count) = call.work { otherMultiplyAdds += count }
      }, pass)
  }

  /// Computes an attention over the queries, keys and values of the last layer. How many of its products remain depends
  /// on the gates, so that they are not among the others.
  func attention(heads: Int, tokens: Int, _ attend: () -> Tensor) -> Tensor {
    let others = otherMultiplyAdds
    defer { otherMultiplyAdds = others }
    entries[entries.count - 1].attention = GateCost.AttentionShape(heads: heads, tokens: tokens)
    return attend()
  }

  /// Visits the layers backwards, from the features on, with the tasks whose streams behind the layer something asks for.
  ///
  /// - Parameters:
  ///   - features: for each task, the numbers of the layers from whose outputs its features were computed.
  ///   - origins: for each layer and task, the numbers of the layers from whose outputs its input was computed.
  ///   - visit: returns the tasks whose inputs the layer reads.
  static func visitAsked(
    features: [Set<Int>], origins: [[Set<Int>]], _ visit: (_ layer: Int, _ streams: Set<Int>) -> [Int]
  ) {
    var asked = [Set<Int>](repeating: [], count: origins.count)
    for (task, layers) in features.enumerated() { for layer in layers { asked[layer].insert(task) } }
    for layer in origins.indices.reversed() {
      for task in visit(layer, asked[layer]) { for origin in origins[layer][task] { asked[origin].insert(task) } }
    }
  }

  /// Adds a layer, and returns streams in which every candidate, the tasks' own and the shared one, has channels of its
  /// own.
  ///
  /// - Parameter run: computes a candidate of the layer's output.
  func add(_ layer: GatedLayer, _ input: Streams, axis: ChannelAxis, _ run: (Tensor) -> Tensor) -> Streams {
    let pattern = layer.pattern()
    let (number, channels) = (entries.count, pattern[0].count)
    let read = input.shared == nil ? input.packed(count: pattern.count, axis: axis) : nil
    let others = otherMultiplyAdds
    let candidate = run(read?.stream(0) ?? input.shared!)
    entries.append(
      Entry(
        name: layer.name, pattern: pattern, multiplyAddsPerChannel: (otherMultiplyAdds - others) / channels,
        sources: read.map { $0.sources.map { $0! } }, origins: read?.origins ?? pattern.map { _ in [] }))
    otherMultiplyAdds = others
    let values = Tensor.concatenated(
      [Tensor](repeating: candidate, count: pattern.count + 1), axis: axis.index(in: candidate))
    return Streams(
      PackedStreams(
        values,
        sources: ChannelSources(
          pattern.enumerated().map { task, own in
            own.indices.map { (own[$0] ? task : pattern.count) * channels + $0 }
          }),
        origins: pattern.map { _ in [number] }, axis: axis))
  }
}
