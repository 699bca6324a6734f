import Foundation
import Torch

/// The geometric mean of the losses: relative progress counts, whatever the losses' scales.
///
/// - Source: Chennupati et al., *MultiNet++*, CVPR workshops 2019, equation 2.
public struct GeometricMean: LossWeighting {
  public init() {}

  public func weights(for losses: [Double], using generator: inout SeededGenerator) throws -> [Double] {
    if let wrong = losses.firstIndex(where: { $0 <= 0 }) {
      throw MethodError("gls needs positive losses, but that of task \(wrong) (from 0) is \(losses[wrong])")
    }
    let count = Double(losses.count)
    // Through logarithms: a product of many losses would leave float64.
    let total = exp(losses.reduce(0) { $0 + log($1) } / count)
    return losses.map { total / (count * $0) }
  }
}

extension GeometricMean {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "gls", summary: "The geometric mean of the losses.", paper: "Chennupati et al., MultiNet++, CVPR workshops 2019"
  ) { _ in GeometricMean() }
}
