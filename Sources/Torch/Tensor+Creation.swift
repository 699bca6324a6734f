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
  public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.zeros(.integers(shape), .dtype(dtype), nil, .device(device))
  }

  public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    full(1, shape, dtype: dtype, device: device)
  }

  public static func full(
    _ value: Double, _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.full(.integers(shape), .real(value), .dtype(dtype), nil, .device(device))
  }

  /// Memory with whatever it held before.
  public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.empty(.integers(shape), .dtype(dtype), nil, .device(device))
  }

  /// `start, start + step, …` below `end`.
  public static func range(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.arange(.real(start), .real(end), .real(step), .dtype(dtype), nil, .device(device))
  }

  /// `count` values from `start` to `end`, both included.
  public static func linearSpace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32, device: Device = .cpu
  ) -> Tensor {
    Aten.linspace(.real(start), .real(end), .integer(count), .dtype(dtype), nil, .device(device))
  }

  /// The identity matrix.
  public static func identity(_ size: Int, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
    Aten.eye(.integer(size), .dtype(dtype), nil, .device(device))
  }

  public func zerosLike() -> Tensor { Aten.zerosLike(.tensor(self)) }
  public func onesLike() -> Tensor { Aten.onesLike(.tensor(self)) }
  public func emptyLike() -> Tensor { Aten.emptyLike(.tensor(self)) }
}
