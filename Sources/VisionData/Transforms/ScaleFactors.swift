/// The factors from which a change of scale draws.
public enum ScaleFactors: Sendable, Equatable {
  /// Any factor of a range, above zero.
  case range(ClosedRange<Float>)
  /// One of several factors, above zero.
  case list([Float])

  /// Draws a factor.
  func draw(using generator: inout some RandomNumberGenerator) -> Float {
    switch self {
    case .range(let range): .random(in: range, using: &generator)
    case .list(let factors): factors.randomElement(using: &generator) ?? 1
    }
  }
}
