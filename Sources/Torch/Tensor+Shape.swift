private enum Aten {
  static let reshape = Operator("reshape")
  static let view = Operator("view")
  static let permute = Operator("permute")
  static let transpose = Operator("transpose", "int")
  static let unsqueeze = Operator("unsqueeze")
  static let squeeze = Operator("squeeze", "dim")
  static let flatten = Operator("flatten", "using_ints")
  static let expand = Operator("expand")
  static let repeated = Operator("repeat")
  static let cat = Operator("cat")
  static let stack = Operator("stack")
  static let split = Operator("split_with_sizes")
  static let unbind = Operator("unbind", "int")
  static let narrow = Operator("narrow")
  static let flip = Operator("flip")
  static let contiguous = Operator("contiguous")
  static let clone = Operator("clone")
  static let toDType = Operator("to", "dtype")
  static let toDevice = Operator("to", "device")
  static let detach = Operator("detach")
  static let pad = Operator("constant_pad_nd")
  static let oneHot = Operator("one_hot")
}

extension Tensor {
  /// The same elements in another shape; one size may be −1.
  public func reshaped(_ shape: [Int]) -> Tensor { Aten.reshape(.tensor(self), .integers(shape)) }
  /// As ``reshaped(_:)``, but stops where memory would have to be copied.
  public func viewed(_ shape: [Int]) -> Tensor { Aten.view(.tensor(self), .integers(shape)) }
  public func permuted(_ axes: [Int]) -> Tensor { Aten.permute(.tensor(self), .integers(axes)) }
  public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
    Aten.transpose(.tensor(self), .integer(a), .integer(b))
  }
  public func expandingAxis(_ axis: Int) -> Tensor { Aten.unsqueeze(.tensor(self), .integer(axis)) }
  public func squeezingAxis(_ axis: Int) -> Tensor { Aten.squeeze(.tensor(self), .integer(axis)) }
  public func flattened(from start: Int = 0, through end: Int = -1) -> Tensor {
    Aten.flatten(.tensor(self), .integer(start), .integer(end))
  }
  /// A view in which axes of size one repeat without memory; −1 keeps a size.
  public func expanded(_ shape: [Int]) -> Tensor { Aten.expand(.tensor(self), .integers(shape)) }
  public func repeated(_ counts: [Int]) -> Tensor { Aten.repeated(.tensor(self), .integers(counts)) }
  public func split(_ sizes: [Int], axis: Int = 0) -> [Tensor] {
    Aten.split.all(.tensor(self), .integers(sizes), .integer(axis))
  }
  public func unbound(axis: Int = 0) -> [Tensor] { Aten.unbind.all(.tensor(self), .integer(axis)) }
  public func narrowed(axis: Int, from start: Int, count: Int) -> Tensor {
    Aten.narrow(.tensor(self), .integer(axis), .integer(start), .integer(count))
  }
  public func flipped(axes: [Int]) -> Tensor { Aten.flip(.tensor(self), .integers(axes)) }
  public func contiguous() -> Tensor { Aten.contiguous(.tensor(self)) }
  /// A copy with memory of its own.
  public func copied() -> Tensor { Aten.clone(.tensor(self)) }
  public func to(_ dtype: DType) -> Tensor { Aten.toDType(.tensor(self), .dtype(dtype)) }
  public func to(_ device: Device) -> Tensor {
    device == self.device ? self : Aten.toDevice(.tensor(self), .device(device), .dtype(dtype))
  }
  /// The same values, unknown to autograd.
  public func detached() -> Tensor { Aten.detach(.tensor(self)) }
  /// - Parameter amounts: before and after, the last axis first.
  public func padded(_ amounts: [Int], value: Double = 0) -> Tensor {
    Aten.pad(.tensor(self), .integers(amounts), .real(value))
  }
  /// - Returns: one axis more, with `classes` zeros and a one.
  public func oneHot(classes: Int) -> Tensor { Aten.oneHot(.tensor(self), .integer(classes)) }

  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    Aten.cat(.tensors(tensors), .integer(axis))
  }
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    Aten.stack(.tensors(tensors), .integer(axis))
  }
}
