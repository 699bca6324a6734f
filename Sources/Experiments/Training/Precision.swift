import Torch

/// The precision of matrix products and convolutions.
public enum Precision: String, Sendable, CaseIterable {
  case float32
  case bfloat16

  func compute<Result>(on device: Device, _ body: () -> Result) -> Result {
    switch self {
    case .float32: body()
    case .bfloat16: withAutocast(device, body)
    }
  }
}
