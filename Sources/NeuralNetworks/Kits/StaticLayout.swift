import Support

/// The channels that remain of a gated network when its gates are fixed: what a static network consists of.
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning*, 2023.
public struct StaticLayout: Codable, Sendable, Equatable {
  /// What remains of a gated layer.
  public struct Layer: Codable, Sendable, Equatable {
    /// For each task, the output channels that its own copy computes; empty if nothing asks for them.
    public var own: [[Int]]
    /// The output channels that the shared copy computes.
    public var shared: [Int]
    /// For each task, whether its stream exists behind the layer.
    public var streams: [Bool]
    /// The input channels in which the tasks' streams differ where the shared copy mixes them.
    public var mix: [MixedChannel]
  }

  /// An input channel that is a weighted mean of different channels.
  public struct MixedChannel: Codable, Sendable, Equatable {
    /// The position of the channel.
    public var channel: Int
    /// For each task, the number of its channel among the different ones, from 0 in the order of the tasks.
    public var classes: [Int]

    /// The number of different channels.
    public var termCount: Int { (classes.max() ?? 0) + 1 }
  }

  /// The tasks of the gated network.
  public var tasks: [String]
  /// The tasks whose predictions the static network gives.
  public var wanted: [String]
  /// What remains of each layer, by its name in a plain network.
  public var layers: [String: Layer]
  /// The names of the layers in the order of a forward pass.
  public var order: [String]

  /// The number of terms of all remaining mixes.
  public var mixTermCount: Int {
    layers.values.reduce(0) { $0 + $1.mix.reduce(0) { $0 + $1.termCount } }
  }
}

extension StaticLayout {
  /// Finds what remains, backwards from the features of the wanted tasks: a stream that is not asked for is not
  /// computed, and a mix asks for the streams of all tasks.
  ///
  /// - Parameters:
  ///   - trace: the layers of a pass.
  ///   - features: the network's features in that pass.
  ///   - tasks: the names of all tasks.
  ///   - wanted: the positions of the tasks whose features are wanted.
  public init(_ trace: GateTrace, features: [Streams], tasks: [String], wanted: [Int]) {
    self.tasks = tasks
    self.wanted = wanted.map { tasks[$0] }
    order = trace.entries.map(\.name)
    layers = [:]
    let packed = features.compactMap(\.packed)
    let origins = tasks.indices.map { task in
      wanted.contains(task) ? packed.reduce(into: Set<Int>()) { $0.formUnion($1.origins[task]) } : []
    }
    GateTrace.visitAsked(features: origins, origins: trace.entries.map(\.origins)) { number, streams in
      let entry = trace.entries[number]
      let channels = entry.pattern[0].indices
      let own = tasks.indices.map { task in
        streams.contains(task) ? channels.filter { entry.pattern[task][$0] } : []
      }
      let shared = channels.filter { channel in streams.contains { !entry.pattern[$0][channel] } }
      layers[entry.name] = Layer(
        own: own, shared: shared, streams: tasks.indices.map(streams.contains),
        mix: shared.isEmpty ? [] : Self.mix(entry.sources))
      return tasks.indices.filter { !own[$0].isEmpty || !shared.isEmpty }
    }
  }

  /// The channels in which the streams differ.
  private static func mix(_ sources: [[Int]]?) -> [MixedChannel] {
    guard let sources else { return [] }
    return sources[0].indices.compactMap { channel in
      var numbers: [Int: Int] = [:]
      let classes = sources.map { own -> Int in
        let number = numbers[own[channel]] ?? numbers.count
        numbers[own[channel]] = number
        return number
      }
      return numbers.count == 1 ? nil : MixedChannel(channel: channel, classes: classes)
    }
  }
}
