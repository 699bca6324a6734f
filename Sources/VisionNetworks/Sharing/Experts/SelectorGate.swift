import NeuralNetworks
import Torch

/// The gate of DSelect-k: some selectors, each of which chooses one expert by a binary code of smooth steps, and a softmax
/// over the selectors.
struct SelectorGate: ExpertGate {
  private let codes: Linear
  private let selectors: Linear
  private let selectorCount: Int
  private let experts: Int
  private let code: DSelectKSharing.Code

  /// The width of the smooth steps: between -1/2 and 1/2, an output is neither 0 nor 1.
  private static let width = 1.0

  /// Registers the logits of codes and selectors.
  ///
  /// - Parameters:
  ///   - codes: where the logits of the binary codes are registered.
  ///   - selectors: where the logits of the selectors are registered.
  ///   - inputs: the number of elements of the input.
  ///   - experts: the number of experts, at least two.
  ///   - selectorCount: the number of selectors, k.
  ///   - gamma: a hundred times the bound of the codes' first weights.
  ///   - code: the code of each expert.
  init(
    codes: ParameterPath, selectors: ParameterPath, from inputs: Int, experts: Int, selectorCount: Int, gamma: Double,
    code: DSelectKSharing.Code
  ) {
    let (first, second) = (Initialization.uniform(bound: gamma / 100), Initialization.uniform(bound: 0.05))
    self.codes = Linear(
      codes, from: inputs, to: selectorCount * Self.digitCount(experts), weight: first, bias: first)
    self.selectors = Linear(selectors, from: inputs, to: selectorCount, weight: second, bias: second)
    self.selectorCount = selectorCount
    self.experts = experts
    self.code = code
  }

  func callAsFunction(_ input: Tensor) -> Tensor {
    requireSize(of: input, codes.weight.shape[1])
    let weights = selectors(input, .evaluation).softmax(axis: 1).expandingAxis(2)
    return (weights * choices(input)).sum(axes: [1])
  }

  /// Returns how far each selector has chosen each expert: batch × selectors × experts.
  private func choices(_ input: Tensor) -> Tensor {
    let digits = Self.smoothStep(codes(input, .evaluation).reshaped([-1, selectorCount, Self.digitCount(experts)]))
      .unbound(axis: 2)
    return Tensor.stacked(
      (0..<experts).map { expert in
        let factors = digits.enumerated().map { position, digit in
          code.hasOne(expert, atBit: digits.count - 1 - position) ? digit : 1 - digit
        }
        return factors.dropFirst().reduce(factors[0]) { $0 * $1 }
      }, axis: 2)
  }

  /// Returns the regularizer that draws each selector to one expert, mean over the batch: `weight` times the entropy of the
  /// choices and, where the number of experts is no power of two, the inverse of how much has been chosen at all, as codes
  /// of no expert exist then; both with 1e-6 where they would be infinite.
  func regularizer(_ input: Tensor, weight: Double) -> Tensor {
    let choices = choices(input)
    let entropy = (choices * (choices + 1e-6).log()).sum() * -weight
    let sum = Self.isPowerOfTwo(experts) ? entropy : entropy + (1 / (choices.sum(axes: [2]) + 1e-6)).sum()
    return sum * (1 / Double(input.shape[0]))
  }

  /// 0 below -1/2, 1 above 1/2, and a cubic polynomial between them.
  private static func smoothStep(_ t: Tensor) -> Tensor {
    let half = width / 2
    let inside = t.clamped(min: -half, max: half)
    return inside * inside * inside * (-2 / (width * width * width)) + inside * (3 / (2 * width)) + 0.5
  }

  private static func digitCount(_ experts: Int) -> Int { Int.bitWidth - (experts - 1).leadingZeroBitCount }
  private static func isPowerOfTwo(_ count: Int) -> Bool { count & (count - 1) == 0 }
}
