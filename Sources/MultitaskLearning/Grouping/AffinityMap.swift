import Support

/// How much an update of one task helps another, measured while training and averaged over it.
///
/// What one update of a group of tasks did to a task's loss, `B = 1 − L(after) / L(before)`, is booked on the pairs from
/// the group's members to the task, with an exponential average.
///
/// - Source: the paper on selective task group updates, section 4 (proximal inter-task affinity). Public code books a
///   change on the group that is updated *next*; here it belongs to the group that caused it.
public struct AffinityMap: Codable, Sendable, Equatable {
  /// Where the paper's text and its public code differ.
  public enum Convention: String, Codable, Sendable, CaseIterable {
    case paper
    /// Changes are divided by the group's size; a task's negative effect on itself is not booked.
    case publicCode
  }

  /// Whose rules hold where the paper's text and its public code differ.
  public let convention: Convention
  /// The weight of a new observation in the average, β.
  public let rate: Double
  /// From source to target, K×K; zeros at first.
  public private(set) var values: [[Double]]

  /// A map of zeros.
  ///
  /// - Parameters:
  ///   - taskCount: the number of tasks, K.
  ///   - rate: β, above 0 and at most 1.
  ///   - convention: whose rules hold where the paper's text and its public code differ.
  public init(taskCount: Int, rate: Double, convention: Convention) {
    self.convention = convention
    self.rate = rate
    values = [[Double]](repeating: [Double](repeating: 0, count: taskCount), count: taskCount)
  }

  /// A map that is known already.
  public init(values: [[Double]], rate: Double = 0.001, convention: Convention = .paper) {
    require(rate > 0 && rate <= 1, "an affinity map's rate is \(rate), but has to be above 0 and at most 1")
    require(values.allSatisfy { $0.count == values.count }, "an affinity map is square")
    self.convention = convention
    self.rate = rate
    self.values = values
  }

  /// The number of tasks, K.
  public var taskCount: Int { values.count }

  /// Whether this is a map of the same kind, for so many tasks.
  func fits(_ other: AffinityMap, taskCount: Int) -> Bool {
    convention == other.convention && rate == other.rate && values.count == taskCount
      && values.allSatisfy { $0.count == taskCount && $0.areModerate }
  }

  /// Books what an update of `group` did to all tasks' losses. One that was not above zero says nothing: public code marks
  /// so what it does not know.
  public mutating func observe(group: [Int], before: [Double], after: [Double]) {
    require(before.count == taskCount && after.count == taskCount, "losses of all \(taskCount) tasks are needed")
    let size = convention == .publicCode ? Double(group.count) : 1
    let changes = zip(before, after).map { $0 > 0 ? (1 - $1 / $0) / size : 0 }
    for target in values.indices where before[target] > 0 {
      for source in group {
        guard group.contains(target) else {
          average(changes[target], from: source, to: target)
          continue
        }
        if before[source] > 0 { observeWithin(changes, from: source, to: target) }
      }
    }
  }

  /// Both members of a pair were updated: the change counts as the pair's only where they agree.
  private mutating func observeWithin(_ changes: [Double], from source: Int, to target: Int) {
    let (own, other) = (changes[target], changes[source])
    if source == target {
      if convention == .paper || own >= 0 { average(own, from: source, to: target) }
      return
    }
    // No change is non-negative by the paper; the code multiplies, so that it agrees with either sign.
    let agree = convention == .paper ? (own >= 0) == (other >= 0) : own * other >= 0
    average(agree ? own : -max(own, other), from: source, to: target)
  }

  private mutating func average(_ value: Double, from source: Int, to target: Int) {
    values[source][target] += rate * (value - values[source][target])
  }
}
