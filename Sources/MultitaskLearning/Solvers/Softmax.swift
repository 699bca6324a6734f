import Foundation
import Support

/// `exp(x) / Σ exp(x)`, safe for large elements.
func softmax(_ values: [Double]) -> Vector {
  let largest = values.max() ?? 0
  let exponentials = Vector(values.map { exp($0 - largest) })
  return exponentials / exponentials.sum
}

/// The softmax of the values of those tasks that have a loss; zero for the others.
func softmaxOfPresent(_ values: [Double], _ losses: [Double?]) -> [Double] {
  let present = losses.indices.filter { losses[$0] != nil }
  var weights = [Double](repeating: 0, count: losses.count)
  for (task, weight) in zip(present, softmax(present.map { values[$0] })) { weights[task] = weight }
  return weights
}

extension SeededGenerator {
  /// A draw of a normal distribution of mean 0 and deviation 1.
  ///
  /// - Source: Box, Muller, *A Note on the Generation of Random Normal Deviates*, Annals of Mathematical Statistics 29, 1958,
  ///   equation 1.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &self))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
  }
}
