import NeuralNetworks

/// A cost that pruning is to leave, which drives the factor λ of the penalty during training.
///
/// The publication cannot promise a cost; this feedback is an addition. From time to time, the controller asks by how much
/// λ alone would have to move the gates within a horizon so that the counted cost meets the target, as the penalty moves
/// a gate by a known amount in each step, and takes that λ; what the losses move is learned as an offset. The horizon ends
/// at half of the training, and is a twentieth of it afterwards.
struct FLOPTarget {
  /// The wanted multiply-adds of one image for all tasks.
  let multiplyAdds: Int
  let cost: GateCost

  /// λ, and the offset that balances what the losses move.
  struct Factor {
    var weight: Double
    var offset: Double
  }

  /// A gate: its logit, and by how much the penalty moves it down in a step, for λ = 1.
  struct Gate {
    let logit: Double
    let speed: Double
  }

  /// The number of steps between two corrections.
  static func interval(of total: Int) -> Int { max(1, total / 200) }

  /// Returns the next factor.
  ///
  /// - Parameters:
  ///   - factor: the factor so far.
  ///   - gates: every gate, by layer, task and channel.
  ///   - completed: the number of steps done.
  ///   - total: the number of steps of the training.
  func next(_ factor: Factor, _ gates: [[[Gate]]], completed: Int, of total: Int) -> Factor {
    let horizon = Double(max(total / 2 - completed, total / 20, 5))
    let needed = weight(for: gates, within: horizon)
    // Critically damped: a quarter of the horizon's correction is learned within a horizon.
    let offset = factor.offset + needed * Double(Self.interval(of: total)) / (4 * horizon)
    return Factor(weight: needed + offset, offset: offset)
  }

  /// The λ by which the penalty alone would meet the target after some steps.
  private func weight(for gates: [[[Gate]]], within steps: Double) -> Double {
    func count(_ weight: Double) -> Int {
      cost.multiplyAdds(gates.map { $0.map { $0.map { $0.logit - weight * steps * $0.speed >= 0 } } })
    }
    // The λ at which each gate is at its threshold: the answer lies at one of them.
    let limits = gates.joined().joined().filter { $0.speed > 0 }.map { $0.logit / (steps * $0.speed) }
    guard let first = limits.min(), let last = limits.max() else { return 0 }
    if count(0) == multiplyAdds { return 0 }
    var (low, high) = (min(0, first - abs(first)), max(0, last + abs(last)) + 1e-12)
    for _ in 0..<50 where high - low > 1e-9 * max(abs(low), abs(high)) {
      let middle = (low + high) / 2
      if count(middle) > multiplyAdds { low = middle } else { high = middle }
    }
    return high
  }
}
