/// Trains the few numbers that a method learns beside the network.
package struct ScalarOptimizer: Codable, Sendable {
  package enum Rule: String, Codable, Sendable, CaseIterable {
    case sgd
    case adam
  }

  package let rule: Rule
  package let learningRate: Double
  private var mean: [Double] = []
  private var variance: [Double] = []
  private var step = 0

  package init(_ rule: Rule, learningRate: Double) {
    self.rule = rule
    self.learningRate = learningRate
  }

  mutating func update(_ values: inout [Double], gradient: [Double]) {
    switch rule {
    case .sgd:
      for index in values.indices { values[index] -= learningRate * gradient[index] }
    case .adam: adam(&values, gradient)
    }
  }

  /// With the usual β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
  private mutating func adam(_ values: inout [Double], _ gradient: [Double]) {
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8)
    if mean.isEmpty {
      mean = gradient.map { _ in 0 }
      variance = mean
    }
    step += 1
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<min(step, 100_000) {
      power1 *= beta1
      power2 *= beta2
    }
    for index in values.indices {
      mean[index] = beta1 * mean[index] + (1 - beta1) * gradient[index]
      variance[index] = beta2 * variance[index] + (1 - beta2) * gradient[index] * gradient[index]
      let corrected = (variance[index] / (1 - power2)).squareRoot() + epsilon
      values[index] -= learningRate * mean[index] / (1 - power1) / corrected
    }
  }
}
