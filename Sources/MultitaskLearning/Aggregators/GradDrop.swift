import Torch

/// Keeps, element by element, either the positive or the negative parts of the gradients: at random, with the share
/// of positive parts as probability.
///
/// - Source: Chen et al., *Just Pick a Sign*, NeurIPS 2020, algorithm 1, on the shared parameters' gradients.
public struct GradDrop: GradientAggregator, DrawsNumbers {
  /// The share of every gradient that always passes.
  public var leak: Double

  /// Draws to use instead of random ones, one from 0 to 1 for each element: for comparisons with other
  /// implementations.
  public var draws: [Double]?

  public init(leak: Double = 0) { self.leak = leak }

  public func direction(
    of gradients: any TaskGradients, losses: [Double], using generator: inout SeededGenerator
  ) throws -> Tensor {
    guard let dense = gradients as? DenseTaskGradients else {
      throw MethodError("graddrop looks at single elements: it needs the whole gradient matrix")
    }
    if let draws, draws.count != dense.width {
      throw MethodError("graddrop: \(draws.count) draws for gradients of \(dense.width) elements")
    }
    let random = RandomGenerator(seed: generator.next(), device: dense.device)
    let given = draws.map { (Tensor($0) * 2 - 1).to(dense.dtype).to(dense.device) }
    let (sum, total) = dense.columnSums()
    // Block by block, so that what is computed on the way stays in the cache.
    for columns in dense.columnBlocks {
      // Sixteen bits decide as well as 24.
      let draws =
        given?[columns] ?? ((random.uniformInt16(columns.count).to(dense.dtype) + 0.5) * (1.0 / 32768))
      keepOneSign(of: sum[columns], total: total[columns], draws: draws)
    }
    return sum
  }

  /// With the purity `P = ½ (1 + sum / total)` and the draw U: where P > U the positive parts stay, which add up to
  /// (total + sum) / 2; where P < U the negative ones, (sum − total) / 2.
  ///
  /// - Parameters:
  ///   - sum: d sums of the tasks' gradients, which become the direction.
  ///   - total: of their absolute values.
  ///   - draws: d numbers 2U − 1, from −1 to 1.
  private func keepOneSign(of sum: Tensor, total: Tensor, draws: Tensor) {
    withoutGradients {
      let sign = (sum - draws * total).sign()
      sum.copy(from: sum * leak + (sign * total + sign.squared() * sum) * ((1 - leak) / 2))
    }
  }
}

extension GradDrop {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "graddrop", summary: "Keeps one sign of the gradients in every element, at random.",
    paper: "Chen et al., Just Pick a Sign, NeurIPS 2020",
    parameters: [
      MethodParameter("leak", .real(0...1), default: .number(0), "share of the gradients that always passes")
    ]
  ) { settings in GradDrop(leak: settings.number("leak")) }
}
