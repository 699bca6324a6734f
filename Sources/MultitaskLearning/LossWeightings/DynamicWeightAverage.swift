import Torch

/// Losses that fall slowly count more: `K softmax(r / T)`, r being the ratio of a loss's means over the last two epochs.
///
/// - Source: Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019, equation 7. The first two epochs
///   have weights of one.
public struct DynamicWeightAverage: LossWeighting {
  public struct State: Codable, Sendable {
    var sums: [Double] = []
    var stepCount = 0
    /// Mean losses of the last epochs, at most two.
    var means: [[Double]] = []
  }

  public var temperature: Double
  /// Steps in an epoch.
  public var epoch: Int
  public var state = State()

  public init(temperature: Double = 2, epoch: Int = 100) {
    self.temperature = temperature
    self.epoch = epoch
  }

  public var weighsByLosses: Bool { false }

  public func weights(for losses: [Double], using generator: inout SeededGenerator) throws -> [Double] {
    guard state.means.count == 2 else { return losses.map { _ in 1 } }
    if let wrong = state.means[0].firstIndex(where: { $0 <= 0 }) {
      throw MethodError("dwa needs positive losses, but the mean of task \(wrong) (from 0) is \(state.means[0][wrong])")
    }
    let ratios = zip(state.means[1], state.means[0]).map { $0 / $1 }
    return softmax(ratios.map { $0 / temperature }).map { $0 * Double(losses.count) }
  }

  public mutating func update(losses: [Double]) {
    if state.sums.isEmpty { state.sums = losses.map { _ in 0 } }
    state.sums = zip(state.sums, losses).map { $0 + $1 }
    state.stepCount += 1
    guard state.stepCount == epoch else { return }
    state.means = state.means.suffix(1) + [state.sums.map { $0 / Double(epoch) }]
    state.sums = []
    state.stepCount = 0
  }
}

extension DynamicWeightAverage {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "dwa", summary: "Losses that fall slowly count more.",
    paper: "Liu et al., End-to-End Multi-Task Learning with Attention, CVPR 2019",
    parameters: [
      MethodParameter("temperature", .real(0.01...100), default: .number(2), "evenness of the weights"),
      MethodParameter("epoch", .integer(1...Int.max), default: .number(100), "steps over which losses are averaged"),
    ]
  ) { settings in
    DynamicWeightAverage(temperature: settings.number("temperature"), epoch: settings.integer("epoch"))
  }
}
