import Torch

/// The distribution of a parameter's first values.
public enum Initialization: Sendable {
  /// One value for all elements.
  case constant(Double)
  /// A uniform distribution from `-bound` to `bound`.
  case uniform(bound: Double)
  /// A normal distribution of mean zero.
  case normal(deviation: Double)
  /// A number for a random fraction of the elements, and its negative for the others.
  case signs(size: Double, positiveFraction: Double)
  /// For each of some numbers a square matrix with the number on its diagonal, side by side along axis 1, with zeros
  /// elsewhere: as many rows as axis 0 has.
  case diagonals([Double])
  /// A normal distribution without the values outside of a range, which are drawn anew.
  case truncatedNormal(mean: Double, deviation: Double, in: ClosedRange<Double>)

  /// All elements are zero.
  public static let zeros = constant(0)
  /// All elements are one.
  public static let ones = constant(1)

  /// Returns libtorch's default for linear layers and convolutions, U(±1/√fan_in).
  public static func uniform(fanIn: Int) -> Initialization { .uniform(bound: 1 / Double(fanIn).squareRoot()) }

  /// Returns the normal distribution of variance 2 / fan_out.
  ///
  /// - Source: He et al., *Delving Deep into Rectifiers*, ICCV 2015, for the backward pass.
  public static func kaiming(fanOut: Int) -> Initialization {
    .normal(deviation: (2 / Double(fanOut)).squareRoot())
  }

  /// Returns the normal distribution of variance 2 / (fan_in + fan_out).
  ///
  /// - Source: Glorot, Bengio, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*, AISTATS
  ///   2010.
  public static func xavier(fanIn: Int, fanOut: Int) -> Initialization {
    .normal(deviation: (2 / Double(fanIn + fanOut)).squareRoot())
  }

  func values(_ shape: [Int], from generator: RandomGenerator) -> Tensor {
    switch self {
    case .constant(let value): .full(value, shape)
    case .uniform(let bound): generator.uniform(shape, in: -bound..<bound)
    case .normal(let deviation): generator.normal(shape, deviation: deviation)
    case .signs(let size, let fraction):
      ((generator.uniform(shape, in: 0..<1) .< fraction).to(.float32) * 2 - 1) * size
    case .diagonals(let numbers):
      Tensor.concatenated(numbers.map { Tensor.identity(shape[0]) * $0 }, axis: 1).reshaped(shape)
    case .truncatedNormal(let mean, let deviation, let range):
      Self.truncated(to: range) { generator.normal(shape, mean: mean, deviation: deviation) }
    }
  }

  private static func truncated(to range: ClosedRange<Double>, _ draw: () -> Tensor) -> Tensor {
    var values = draw()
    while true {
      let isOutside = (values .< range.lowerBound) .| (values .> range.upperBound)
      guard isOutside.any() else { return values }
      values = isOutside.choose(draw(), values)
    }
  }
}
