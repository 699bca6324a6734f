import Foundation
import Support

/// The geometric mean of the losses: relative progress counts, whatever the losses' scales. Losses of exactly zero are
/// left out of it.
///
/// - Source: Chennupati et al., *MultiNet++*, CVPR workshops 2019, equation 2.
public struct GeometricMean: LossWeighting {
  /// The method has no parameters.
  public init() {}

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) throws -> [Double] {
    try losses.requireNonnegative(for: "gls")
    // A loss of exactly zero has nothing to gain, and would make the whole mean zero.
    let counted = losses.compactMap { $0 }.filter { $0 > 0 }
    let count = Double(counted.count)
    // Through logarithms: a product of many losses would leave float64.
    let total = exp(counted.reduce(0) { $0 + log($1) } / max(1, count))
    return losses.map { loss in loss.map { $0 > 0 ? total / (count * $0) : 0 } ?? 0 }
  }
}

extension GeometricMean {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "gls", summary: "The geometric mean of the losses.", paper: "Chennupati et al., MultiNet++, CVPR workshops 2019"
  ) { _ in GeometricMean() }
}
