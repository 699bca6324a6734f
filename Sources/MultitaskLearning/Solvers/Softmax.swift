import Foundation
import Support
import Torch

/// `exp(x) / Σ exp(x)`, safe for large elements.
func softmax(_ values: [Double]) -> [Double] {
  let largest = values.max() ?? 0
  let exponentials = values.map { exp($0 - largest) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}

extension SeededGenerator {
  /// A draw of mean 0 and deviation 1.
  ///
  /// - Source: Box, Muller, 1958.
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &self))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
  }
}
