import Foundation
import Support

/// Trains the few numbers that a method learns beside the network.
public struct ScalarOptimizer: Codable, Sendable {
  /// How numbers follow their gradients.
  public enum Rule: String, Codable, Sendable, CaseIterable {
    /// Gradient descent.
    case sgd
    /// Adam: gradients are divided by the root of their mean square.
    ///
    /// - Source: Kingma, Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, algorithm 1.
    case adam
  }

  /// How the numbers follow their gradients.
  public let rule: Rule
  /// The learning rate, from 0 to 10.
  public let learningRate: Double
  private var mean: [Double] = []
  private var variance: [Double] = []
  /// How often each number was updated.
  private var steps: [Int] = []

  static let learningRates = 0.0...10.0

  /// - Parameters:
  ///   - rule: how the numbers follow their gradients.
  ///   - learningRate: from 0 to 10.
  public init(_ rule: Rule, learningRate: Double) {
    require(
      Self.learningRates.contains(learningRate),
      "ScalarOptimizer: the learning rate is \(learningRate), but has to be in \(Self.learningRates)")
    self.rule = rule
    self.learningRate = learningRate
  }

  /// Updates the numbers that have a gradient; the others, and what is kept for them, stay.
  ///
  /// - Parameters:
  ///   - values: the numbers, always of the same count.
  ///   - gradient: one entry for each number; nil for a number that stays.
  public mutating func update(_ values: inout [Double], gradient: [Double?]) {
    require(gradient.count == values.count, "\(gradient.count) derivatives for \(values.count) numbers")
    switch rule {
    case .sgd:
      for (index, derivative) in gradient.enumerated() {
        if let derivative { values[index] -= learningRate * derivative }
      }
    case .adam: adam(&values, gradient)
    }
  }

  /// With the usual β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
  private mutating func adam(_ values: inout [Double], _ gradient: [Double?]) {
    let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8)
    if mean.isEmpty {
      mean = [Double](repeating: 0, count: values.count)
      variance = mean
      steps = [Int](repeating: 0, count: values.count)
    }
    for (index, derivative) in gradient.enumerated() {
      guard let derivative else { continue }
      steps[index] += 1
      mean[index] = beta1 * mean[index] + (1 - beta1) * derivative
      variance[index] = beta2 * variance[index] + (1 - beta2) * derivative * derivative
      let correction1 = 1 - pow(beta1, Double(steps[index]))
      let correction2 = 1 - pow(beta2, Double(steps[index]))
      let corrected = (variance[index] / correction2).squareRoot() + epsilon
      values[index] -= learningRate * mean[index] / correction1 / corrected
    }
  }

  /// Whether the averages can be those of numbers and their squares: with the usual β₁ and β₂, `m² ≤ 53 v`. Otherwise a
  /// single step might leave all bounds.
  private var areMoments: Bool {
    zip(mean, variance).allSatisfy { $0 * $0 <= 60 * $1 + .leastNonzeroMagnitude }
  }

  /// Whether this is the state of an optimizer of the same rule and rate, for as many numbers.
  func fits(_ other: ScalarOptimizer, count: Int) -> Bool {
    rule == other.rule && learningRate == other.learningRate && mean.count == variance.count
      && mean.count == steps.count && [0, count].contains(mean.count) && mean.areModerate && variance.areModerate
      && variance.allSatisfy { $0 >= 0 } && steps.allSatisfy(\.isStepCount) && areMoments
  }
}
