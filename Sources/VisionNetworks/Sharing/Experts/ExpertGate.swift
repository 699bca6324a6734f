import NeuralNetworks
import Torch

/// A function that weighs some experts for each input.
protocol ExpertGate {
  /// Returns the weights of the experts.
  ///
  /// - Parameter input: batch × elements, as many as those for which the gate is built.
  /// - Returns: batch × experts.
  func callAsFunction(_ input: Tensor) -> Tensor
}

/// The softmax of a linear function of the flattened input, as the gates of MMoE, CGC and PLE are.
struct SoftmaxGate: ExpertGate {
  private let linear: Linear

  /// Registers `0.weight` and `0.bias`.
  init(_ path: ParameterPath, from inputs: Int, experts: Int) {
    linear = Linear(path["0"], from: inputs, to: experts)
  }

  func callAsFunction(_ input: Tensor) -> Tensor {
    requireSize(of: input, linear.weight.shape[1])
    return linear(input, .evaluation).softmax(axis: -1)
  }
}

extension ExpertGate {
  /// Stops the process for inputs of another size than that for which a gate is built.
  func requireSize(of input: Tensor, _ size: Int) {
    guard input.shape[1] == size else {
      fatalError(
        "a gate is built for inputs of \(size) numbers, but got \(input.shape[1]): experts take images of one size")
    }
  }
}

/// Returns the sum of the experts' results, weighted for each sample.
///
/// - Parameters:
///   - results: of each expert, batch × ….
///   - weights: batch × experts.
func expertMixture(_ results: [Tensor], _ weights: Tensor) -> Tensor {
  let places = [Int](repeating: 1, count: results[0].rank - 1)
  let factors = weights.unbound(axis: 1).map { $0.reshaped([-1] + places) }
  return zip(results, factors).dropFirst().reduce(results[0] * factors[0]) { $0.addingProduct($1.0, $1.1) }
}
