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
    let rows = dense.rows
    if let draws, draws.count != rows.shape[1] {
      throw MethodError("graddrop: \(draws.count) draws for gradients of \(rows.shape[1]) elements")
    }
    let random = RandomGenerator(seed: generator.next(), device: rows.device)
    let given = draws.map { Tensor($0).to(rows.dtype).to(rows.device) }
    // Block by block, so that what is computed on the way stays in the cache.
    let blocks = dense.columnBlocks.map { columns in
      direction(
        rows: rows[.all, columns],
        draws: given?[columns] ?? random.uniform([columns.count]).to(rows.dtype))
    }
    return .concatenated(blocks)
  }

  /// - Parameters:
  ///   - rows: K×d.
  ///   - draws: d numbers from 0 to 1.
  private func direction(rows: Tensor, draws: Tensor) -> Tensor {
    withoutGradients {
      let total = rows.abs().sum(axes: [0])
      let purity = (rows.sum(axes: [0]) / (total + (total .== 0).to(rows.dtype)) + 1) * 0.5
      let keepsPositive = (purity .> draws).to(rows.dtype)
      let keepsNegative = (purity .< draws).to(rows.dtype)
      let kept = rows.clamped(min: 0) * keepsPositive + rows.clamped(max: 0) * keepsNegative
      return (rows * leak + kept * (1 - leak)).sum(axes: [0])
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
