import Torch

/// How wrong a prediction is: one number, for a batch.
public protocol Loss: Sendable {
  func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor
}

extension Tensor {
  /// The sum of losses over the number of places that count; zero where none does.
  func averaged(over valid: Tensor) -> Tensor { sum() / valid.sum(dtype: .float32).clamped(min: 1) }
}
