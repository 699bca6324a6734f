import Torch

/// The difference of a box from a reference box, as a network predicts it: see ``BoxCoder``.
public struct BoxDeltas: Sendable, Hashable {
  /// The shift of the center to the right.
  public var x: Double
  /// The shift of the center downwards.
  public var y: Double
  /// The logarithm of the ratio of the widths.
  public var width: Double
  /// The logarithm of the ratio of the heights.
  public var height: Double

  /// Creates deltas.
  public init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

extension [BoxDeltas] {
  /// Returns the deltas as a tensor of boxes × 4: x, y, width, height.
  public func tensor(dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Tensor(flatMap { [$0.x, $0.y, $0.width, $0.height] }, shape: [count, 4]).to(dtype).to(device)
  }
}
