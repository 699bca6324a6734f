import Torch

/// A measurement of calling operators, on tensors so small that the call takes almost all of the time.
public struct OperatorBenchmark {
  /// An operator on fixed arguments.
  public struct Case {
    /// The name of the operator in the output.
    public let name: String
    let body: () -> Void
  }

  /// The operators, in the order of the results of ``measure()``.
  public let cases: [Case]
  private static let callCount = 20_000

  /// Creates the operators' arguments: vectors of 8 elements and a matrix of 8×8.
  public init() {
    let a = Tensor([Float](repeating: 1, count: 8))
    let b = Tensor([Float](repeating: 2, count: 8))
    let matrix = Tensor([Float](repeating: 0.5, count: 64), shape: [8, 8])
    let leaf = a.copied()
    leaf.requiresGradient = true
    cases = [
      Case(name: "add") { _ = a + b },
      Case(name: "add with gradient") { _ = leaf + b },
      Case(name: "multiply by a number") { _ = a * 2 },
      Case(name: "sum") { _ = a.sum() },
      Case(name: "softmax") { _ = a.softmax(axis: 0) },
      Case(name: "matmul 8×8") { _ = matrix.matmul(matrix) },
      Case(name: "reshape") { _ = matrix.reshaped([4, 16]) },
    ]
  }

  /// Returns the seconds for one call of each case, in the order of ``cases``.
  public func measure() -> [Double] {
    cases.map { test in
      for _ in 0..<(Self.callCount / 10) { test.body() }
      let start = ContinuousClock.now
      for _ in 0..<Self.callCount { test.body() }
      return (ContinuousClock.now - start) / .seconds(1) / Double(Self.callCount)
    }
  }
}
