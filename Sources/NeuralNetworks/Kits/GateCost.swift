import Torch

/// The multiply-adds of one image in what remains of a gated network, as a function of its gates.
///
/// What the layers compute for a channel is known from one ``GateTrace``; the gates then say which channels remain.
/// Matrix products, convolutions and attention's products count; mixes, which are below a hundredth of them, do not.
public struct GateCost: Sendable {
  /// A gated layer: what a channel costs, where the streams come from, and the attention behind it.
  struct Layer: Sendable {
    /// The position of the layer's gates among those of all layers.
    let gates: Int
    let channels: Int
    let multiplyAddsPerChannel: Int
    let attention: AttentionShape?
    /// For each task, the numbers of the layers from whose outputs its input was computed.
    let origins: [Set<Int>]
  }

  /// An attention over the queries, keys and values that a layer computes.
  struct AttentionShape: Sendable {
    let heads: Int
    let tokens: Int
  }

  /// In the order of the pass.
  private let layers: [Layer]
  /// For each task, the numbers of the layers from whose outputs its features were computed.
  private let features: [Set<Int>]
  /// The multiply-adds outside of the gated layers, such as those of the decoders.
  public let others: Int

  /// - Parameters:
  ///   - trace: the layers of a pass of one image.
  ///   - features: the encoder's features in that pass.
  ///   - names: the names of all gated layers, in the order in which ``multiplyAdds(_:)`` takes their gates.
  ///   - taskCount: the number of tasks.
  public init(_ trace: GateTrace, features: [Streams], layers names: [String], taskCount: Int) {
    let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    layers = trace.entries.map {
      Layer(
        gates: positions[$0.name]!, channels: $0.pattern[0].count, multiplyAddsPerChannel: $0.multiplyAddsPerChannel,
        attention: $0.attention, origins: $0.origins)
    }
    self.features = (0..<taskCount).map { task in
      features.compactMap(\.packed).reduce(into: []) { $0.formUnion($1.origins[task]) }
    }
    others = trace.otherMultiplyAdds
    shared = multiplyAdds(constantly(false, names.count))
    single = multiplyAdds(constantly(true, names.count))
  }

  /// The multiply-adds if no task has a channel of its own: those of hard sharing.
  public private(set) var shared = 0
  /// The multiply-adds if all channels are the tasks' own: those of single-task networks.
  public private(set) var single = 0

  private func constantly(_ isOwn: Bool, _ count: Int) -> [[[Bool]]] {
    var gates = [[[Bool]]](repeating: [], count: count)
    for layer in layers { gates[layer.gates] = features.map { _ in [Bool](repeating: isOwn, count: layer.channels) } }
    return gates
  }

  /// Returns the multiply-adds of one image for all tasks.
  ///
  /// - Parameter gates: for each gated layer of the network, task and channel, whether the task has its own channel.
  public func multiplyAdds(_ gates: [[[Bool]]]) -> Int {
    var sum = others
    GateTrace.visitAsked(features: features, origins: layers.map(\.origins)) { number, streams in
      guard !streams.isEmpty else { return [] }
      let layer = layers[number]
      let own = streams.sorted().map { gates[layer.gates][$0] }
      let ownCounts = own.map { $0.count { $0 } }
      let sharedCount = (0..<layer.channels).count { channel in own.contains { !$0[channel] } }
      sum += (ownCounts.reduce(0, +) + sharedCount) * layer.multiplyAddsPerChannel
      sum += layer.attention?.multiplyAdds(own) ?? 0
      return features.indices.filter {
        sharedCount > 0 || streams.contains($0) && gates[layer.gates][$0].contains(true)
      }
    }
    return sum
  }
}

extension GateCost.AttentionShape {
  /// - Parameter own: for each task, whether it has its own queries, keys and values, one after another.
  fileprivate func multiplyAdds(_ own: [[Bool]]) -> Int {
    let size = own[0].count / 3 / heads
    var (scores, weighted) = (0, 0)
    for head in 0..<heads {
      func channels(_ part: Int) -> Range<Int> { (part * heads + head) * size..<(part * heads + head + 1) * size }
      let common = own.filter { task in !task[channels(0)].contains(true) && !task[channels(1)].contains(true) }
      scores += own.count - common.count + (common.isEmpty ? 0 : 1)
      weighted += (own.count - common.count) * size
      for channel in channels(2) {
        let ownCount = common.count { $0[channel] }
        weighted += ownCount + (ownCount < common.count ? 1 : 0)
      }
    }
    return tokens * tokens * (size * scores + weighted)
  }
}
