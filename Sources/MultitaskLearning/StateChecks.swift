// What a state from a file has to be before a method computes with it.

extension Collection where Element == Double {
  /// Whether all numbers can be exponents of e: scales far beyond any loss, but whose exponentials stay finite.
  var areLogarithms: Bool { allSatisfy { abs($0) <= 300 } }

  /// Whether all numbers are finite and small enough that sums of squares stay finite.
  var areModerate: Bool { allSatisfy { abs($0) < 1e150 } }

  /// Whether all numbers are above zero, and ``areModerate``.
  var arePositive: Bool { allSatisfy { $0 > 0 } && areModerate }
}

extension Double {
  /// The logarithm of a scale, kept where its exponential can be computed with: as ``areLogarithms`` has it.
  var boundedLogarithm: Double { Swift.min(300, Swift.max(-300, self)) }
}

extension Int {
  /// Whether a number of steps is one that a training can have, and that can be counted on from.
  var isStepCount: Bool { (0...1_000_000_000_000).contains(self) }
}
