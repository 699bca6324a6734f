import NeuralNetworks

extension Reach {
  /// Returns the reach of some of the seven losses.
  static func losses(_ losses: DetectionLoss...) -> Reach { .tasks(Set(losses.map(\.rawValue))) }
}
