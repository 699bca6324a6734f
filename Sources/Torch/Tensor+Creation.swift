private enum Aten {
  static let zeros = Operator("zeros")
  static let full = Operator("full")
  static let empty = Operator("empty", "memory_format")
  static let arange = Operator("arange", "start_step")
  static let eye = Operator("eye")
  static let zerosLike = Operator("zeros_like")
  static let onesLike = Operator("ones_like")
  static let emptyLike = Operator("empty_like")
  static let linspace = Operator("linspace")
}

extension Tensor {
  /// Returns a tensor of zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.zeros(.integers(shape), .dtype(dtype), nil, .device(device))
  }

  /// Returns a tensor of ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    full(1, shape, dtype: dtype, device: device)
  }

  /// Returns a tensor whose every element is one value.
  public static func full(
    _ value: Double, _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.full(.integers(shape), .real(value), .dtype(dtype), nil, .device(device))
  }

  /// Returns a tensor whose elements are not set: they are what the memory held before.
  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.empty(.integers(shape), .dtype(dtype), nil, .device(device))
  }

  /// Returns the vector of `start, start + step, …` up to, not including, `end`.
  public static func range(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.arange(.real(start), .real(end), .real(step), .dtype(dtype), nil, .device(device))
  }

  /// Returns the vector of `count` evenly spaced values from `start` to `end`, both included.
  public static func linearSpace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.linspace(.real(start), .real(end), .integer(count), .dtype(dtype), nil, .device(device))
  }

  /// Returns the identity matrix of `size` × `size`.
  public static func identity(_ size: Int, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.eye(.integer(size), .dtype(dtype), nil, .device(device))
  }

  /// Returns zeros of this tensor's shape, dtype and device.
  public func zerosLike() -> Tensor { Aten.zerosLike(.tensor(self)) }
  /// Returns ones of this tensor's shape, dtype and device.
  public func onesLike() -> Tensor { Aten.onesLike(.tensor(self)) }
  /// Returns a tensor of this one's shape, dtype and device, whose elements are not set.
  public func emptyLike() -> Tensor { Aten.emptyLike(.tensor(self)) }
}
