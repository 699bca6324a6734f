import MultitaskLearning
import Support

/// A loss weighting: the largest loss counts a fixed number of times.
public struct LargestFirst: LossWeighting {
  public var factor: Double

  public init(factor: Double) { self.factor = factor }

  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let largest = losses.compactMap { $0 }.max()
    return losses.map { $0 == largest ? factor : 1 }
  }

  public static let entry = MethodEntry<any LossWeighting>(
    "largest-first", summary: "The largest loss counts more.", paper: "an example",
    parameters: [MethodParameter("factor", .real(1...100), default: .number(2), "how often the largest loss counts")]
  ) { settings in LargestFirst(factor: settings.number("factor")) }
}
