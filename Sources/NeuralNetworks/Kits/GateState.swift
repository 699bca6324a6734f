import Torch

/// The gates of a network at some step, and what pruning would leave then.
public struct GateState: Sendable, Codable, Equatable {
  /// The multiply-adds of one image in the network that pruning would leave, for all tasks.
  public var multiplyAdds: Int
  /// The multiply-adds of one image in single-task networks, one for each task.
  public var singleMultiplyAdds: Int
  /// The factor λ of the penalty.
  public var weight: Double
  /// For each task the mean of σ(α), over the channels of a layer and then over the layers: what the penalty sees.
  public var softFractions: [Double]
  /// For each layer and task, the fraction of channels that are the task's own.
  public var ownFractions: [String: [Double]]
  /// For each layer that mixes streams and each task, the fraction of input channels of which the shared copy gets most
  /// from the task.
  public var mixFractions: [String: [Double]]

  /// Creates the state of a network's gates.
  public init(
    multiplyAdds: Int, singleMultiplyAdds: Int, weight: Double, softFractions: [Double],
    ownFractions: [String: [Double]], mixFractions: [String: [Double]]
  ) {
    self.multiplyAdds = multiplyAdds
    self.singleMultiplyAdds = singleMultiplyAdds
    self.weight = weight
    self.softFractions = softFractions
    self.ownFractions = ownFractions
    self.mixFractions = mixFractions
  }

  /// The FLOPs that pruning would leave, as a fraction of those of single-task networks.
  public var flopFraction: Double { Double(multiplyAdds) / Double(max(1, singleMultiplyAdds)) }

  /// For each task, the mean of ``ownFractions`` over the layers.
  public var meanOwnFractions: [Double] {
    softFractions.indices.map { task in
      ownFractions.values.reduce(0) { $0 + $1[task] } / Double(max(1, ownFractions.count))
    }
  }
}

extension GatedLayer {
  /// For each of the layers that lie in this one side by side, its name and each task's fraction of own channels.
  public func ownFractions() -> [(name: String, fractions: [Double])] {
    let pattern = pattern()
    let size = pattern[0].count / partCount
    return (0..<partCount).map { part in
      let name = partNames.isEmpty ? name : "\(name).\(partNames[part])"
      return (name, pattern.map { own in Double(own[part * size..<(part + 1) * size].count { $0 }) / Double(size) })
    }
  }

  /// For each task, the fraction of input channels for which its logit is the largest, the first one at ties; nil
  /// without a mix.
  public func mixFractions() -> [Double]? {
    guard let mix else { return nil }
    let logits: [[Double]] = withoutGradients { mix.value.unbound().map { $0.array() } }
    var counts = [Int](repeating: 0, count: logits.count)
    for channel in logits[0].indices {
      let largest = logits.map { $0[channel] }.max()!
      counts[logits.firstIndex { $0[channel] == largest }!] += 1
    }
    return counts.map { Double($0) / Double(max(1, logits[0].count)) }
  }
}
