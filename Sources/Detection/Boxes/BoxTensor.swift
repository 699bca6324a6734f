import Support
import Torch

extension [BoundingBox] {
  /// Creates boxes from the rows x1, y1, x2, y2 of a tensor of boxes × 4.
  public init(_ tensor: Tensor) {
    require(tensor.rank == 2 && tensor.shape[1] == 4, "\(tensor.signature) holds no boxes: it has to be boxes × 4")
    let values = tensor.array(of: Double.self)
    self = stride(from: 0, to: values.count, by: 4).map {
      BoundingBox(values[$0], values[$0 + 1], values[$0 + 2], values[$0 + 3])
    }
  }

  /// Returns the boxes as a tensor of boxes × 4: x1, y1, x2, y2.
  public func tensor(dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Tensor(flatMap { [$0.x1, $0.y1, $0.x2, $0.y2] }, shape: [count, 4]).to(dtype).to(device)
  }
}
