import Support

/// Losses that fall slowly count more: `K softmax(r / T)`, r being the ratio of a loss's means over the last two epochs.
///
/// - Source: Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019, equation 7. The first two epochs
///   have weights of one.
public struct DynamicWeightAverage: LossWeighting {
  /// The losses of the epoch so far, and their means over the last two epochs.
  public struct State: Codable, Sendable {
    /// Of the epoch so far: for each task the sum of its losses, and in how many steps it had one.
    var sums: [Double] = []
    var counts: [Int] = []
    var stepCount = 0
    /// Mean losses of the last epochs, at most two; nil for a task that had no loss so far.
    var means: [[Double?]] = []
  }

  /// How even the weights are, T.
  public let temperature: Double
  /// Steps in an epoch.
  public let epoch: Int
  /// What the method has learned.
  public var state = State()

  static let temperatures = 0.01...100.0
  static let epochs = 1...1_000_000_000

  /// - Parameters:
  ///   - temperature: evenness of the weights, from 0.01 to 100.
  ///   - epoch: steps over which losses are averaged, at least 1.
  public init(temperature: Double = 2, epoch: Int = 100) {
    require(
      Self.temperatures.contains(temperature),
      "DynamicWeightAverage: the temperature is \(temperature), but has to be in \(Self.temperatures)")
    require(Self.epochs.contains(epoch), "DynamicWeightAverage: an epoch of \(epoch) steps has to be one of at least 1")
    self.temperature = temperature
    self.epoch = epoch
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.sums.count == state.counts.count && [0, taskCount].contains(state.sums.count) && state.sums.areModerate
      && state.counts.allSatisfy(\.isStepCount) && (0..<epoch).contains(state.stepCount) && state.means.count <= 2
      && state.means.allSatisfy { $0.count == taskCount && $0.compactMap { $0 }.areModerate }
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let present = losses.present
    guard state.means.count == 2 else { return losses.map { $0 == nil ? 0 : 1 } }
    let weights = Double(present.count) * softmax(present.map { rate(of: $0) / temperature })
    return spread(weights, over: present, count: losses.count).orZeros
  }

  /// The ratio of a task's means over the last two epochs; one for a task that is not known in both, or whose earlier
  /// mean was not above zero.
  private func rate(of task: Int) -> Double {
    guard let earlier = state.means[0][task], let later = state.means[1][task], earlier > 0 else { return 1 }
    // Beyond this, the ratio of two losses says no more, and might be infinite.
    return min(later / earlier, 1e6)
  }

  /// Learns from the losses of a step.
  public mutating func update(losses: [Double?]) {
    add(losses, to: &state.sums, counts: &state.counts)
    state.stepCount += 1
    guard state.stepCount == epoch else { return }
    let previous = state.means.last
    let means = losses.indices.map { task in
      state.counts[task] > 0 ? state.sums[task] / Double(state.counts[task]) : previous?[task]
    }
    state.means = state.means.suffix(1) + [means]
    state.sums = []
    state.counts = []
    state.stepCount = 0
  }

  /// One for each task, on average.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { Double(tasks.count) }
}

extension DynamicWeightAverage {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "dwa", summary: "Losses that fall slowly count more.",
    paper: "Liu et al., End-to-End Multi-Task Learning with Attention, CVPR 2019",
    parameters: [
      MethodParameter("temperature", .real(temperatures), default: .number(2), "evenness of the weights"),
      MethodParameter("epoch", .integer(epochs), default: .number(100), "steps over which losses are averaged"),
    ]
  ) { settings in
    DynamicWeightAverage(temperature: settings.number("temperature"), epoch: settings.integer("epoch"))
  }
}
