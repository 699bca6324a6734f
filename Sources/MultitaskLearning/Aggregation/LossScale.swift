/// On which scale the losses are differentiated whose gradients are combined.
public enum LossScale: Sendable, Equatable {
  /// As they are.
  case linear
  /// Their logarithms, log(L + 10⁻⁸): relative progress counts, whatever the losses' sizes.
  case logarithmic

  /// What the gradient of a loss is multiplied by.
  ///
  /// - Parameter loss: at least 0 on a logarithmic scale.
  public func derivative(at loss: Double) -> Double {
    switch self {
    case .linear: 1
    case .logarithmic: 1 / (loss + 1e-8)
    }
  }

  /// The weights of losses that are differentiated on this scale.
  ///
  /// - Parameters:
  ///   - weights: one for each task.
  ///   - losses: of all tasks; nil for an absent one.
  /// - Throws: ``MethodError`` for a loss that the scale does not have.
  package func applied(to weights: [Double], at losses: [Double?]) throws -> [Double] {
    guard self != .linear else { return weights }
    try losses.requireNonnegative(for: "a logarithm of the losses")
    return zip(weights, losses).map { weight, loss in loss.map { weight * derivative(at: $0) } ?? weight }
  }
}
