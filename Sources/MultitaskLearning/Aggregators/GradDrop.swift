import Support
import Torch

/// Keeps, element by element, either the positive or the negative parts of the gradients: at random, with the fraction
/// of positive parts as probability.
///
/// - Source: Chen et al., *Just Pick a Sign*, NeurIPS 2020, algorithm 1, on the shared parameters' gradients.
public struct GradDrop: ElementwiseAggregator, NumberDrawing {
  /// The fraction of every gradient that always passes.
  public let leak: Double

  static let leaks = 0.0...1.0

  /// Draws to use instead of random ones, one from 0 to 1 for each element: for comparisons with other
  /// implementations.
  public var draws: [Double]?

  /// - Parameter leak: the fraction of every gradient that always passes, from 0 to 1.
  public init(leak: Double = 0) {
    require(Self.leaks.contains(leak), "GradDrop: leak is \(leak), but has to be in \(Self.leaks)")
    self.leak = leak
  }

  /// With the purity `P = ½ (1 + Σ g / Σ |g|)` and the draw U: where P > U the positive parts stay; where P < U, the
  /// negative ones.
  public func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    if let draws, draws.count != gradients.width {
      throw MethodError("graddrop: \(draws.count) draws for gradients of \(gradients.width) elements")
    }
    let seed = context.generator.next()
    let given = draws.map { UniformDraws.given($0.map { $0 * 2 - 1 }) }
    gradients.keepOneSign(given ?? .random(seed: seed), leak: leak, into: direction)
  }

  /// As many times the gradient as there are tasks: every element has one sign.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension GradDrop {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "graddrop", summary: "Keeps one sign of the gradients in every element, at random.",
    paper: "Chen et al., Just Pick a Sign, NeurIPS 2020",
    parameters: [
      MethodParameter("leak", .real(leaks), default: .number(0), "fraction of the gradients that always passes")
    ]
  ) { settings in GradDrop(leak: settings.number("leak")) }
}
