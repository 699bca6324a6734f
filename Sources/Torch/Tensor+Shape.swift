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
  /// Returns the same elements in another shape, of which one size may be −1: a view where memory allows it, else a
  /// copy.
  public func reshaped(_ shape: [Int]) -> Tensor { Aten.reshape(.tensor(self), .integers(shape)) }
  /// Returns a view in another shape, of which one size may be −1; stops the process where memory would have to be
  /// copied.
  public func viewed(_ shape: [Int]) -> Tensor { Aten.view(.tensor(self), .integers(shape)) }
  /// Returns a view with the axes in another order: axis i of the result is `axes[i]` of this tensor.
  public func permuted(_ axes: [Int]) -> Tensor { Aten.permute(.tensor(self), .integers(axes)) }
  /// Returns a view with two axes exchanged, which default to the last two.
  public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
    Aten.transpose(.tensor(self), .integer(a), .integer(b))
  }
  /// Returns a view with a new axis of size one at a position.
  public func expandingAxis(_ axis: Int) -> Tensor { Aten.unsqueeze(.tensor(self), .integer(axis)) }
  /// Returns a view without an axis if that has size one, and with it otherwise.
  public func squeezingAxis(_ axis: Int) -> Tensor { Aten.squeeze(.tensor(self), .integer(axis)) }
  /// Returns the axes from `start` to `end`, both included, as one: a view where memory allows it, else a copy.
  public func flattened(from start: Int = 0, through end: Int = -1) -> Tensor {
    Aten.flatten(.tensor(self), .integer(start), .integer(end))
  }
  /// Returns a view in which axes of size one repeat without memory; −1 keeps a size, and new axes may stand in front.
  public func expanded(_ shape: [Int]) -> Tensor { Aten.expand(.tensor(self), .integers(shape)) }
  /// Returns a copy that is tiled along every axis.
  ///
  /// - Parameter counts: how often each axis repeats, at least as many as there are axes; further ones become new axes
  ///   in front.
  public func repeated(_ counts: [Int]) -> Tensor { Aten.repeated(.tensor(self), .integers(counts)) }
  /// Returns views of consecutive parts of an axis, whose sizes have to add up to the axis's.
  public func split(_ sizes: [Int], axis: Int = 0) -> [Tensor] {
    Aten.split.all(.tensor(self), .integers(sizes), .integer(axis))
  }
  /// Returns a view of each position of an axis, without that axis.
  public func unbound(axis: Int = 0) -> [Tensor] { Aten.unbind.all(.tensor(self), .integer(axis)) }
  /// Returns a view of `count` positions of an axis, from `start` on.
  public func narrowed(axis: Int, from start: Int, count: Int) -> Tensor {
    Aten.narrow(.tensor(self), .integer(axis), .integer(start), .integer(count))
  }
  /// Returns a copy in which the order along some axes is reversed.
  public func flipped(axes: [Int]) -> Tensor { Aten.flip(.tensor(self), .integers(axes)) }
  /// Returns this tensor if it is contiguous, and a contiguous copy otherwise.
  public func contiguous() -> Tensor { Aten.contiguous(.tensor(self)) }
  /// Returns a copy with memory of its own, which autograd follows back to this tensor.
  public func copied() -> Tensor { Aten.clone(.tensor(self)) }
  /// Returns the elements converted to another type, or this tensor if it has that type.
  public func to(_ dtype: DType) -> Tensor { Aten.toDType(.tensor(self), .dtype(dtype)) }
  /// Returns a copy on another device, or this tensor if it is there.
  public func to(_ device: Device) -> Tensor {
    device == self.device ? self : Aten.toDevice(.tensor(self), .device(device), .dtype(dtype))
  }
  /// Returns a view of the same memory that autograd does not follow.
  public func detached() -> Tensor { Aten.detach(.tensor(self)) }
  /// Returns a copy with a value, which defaults to zero, added at the ends of axes.
  ///
  /// - Parameters:
  ///   - amounts: for each axis the numbers of elements before and after, from the last axis on; negative ones cut.
  ///   - value: the value of the added elements; defaults to zero.
  public func padded(_ amounts: [Int], value: Double = 0) -> Tensor {
    Aten.pad(.tensor(self), .integers(amounts), .real(value))
  }
  /// Returns the one-hot encoding of `int64` labels.
  ///
  /// - Returns: `int64` with one axis more, of size `classes`, that holds a one at the label and zeros elsewhere. A
  ///   label that is negative or not below `classes` stops the process.
  public func oneHot(classes: Int) -> Tensor { Aten.oneHot(.tensor(self), .integer(classes)) }

  /// Returns tensors one after another along an axis; their other sizes have to be equal.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    Aten.cat(.tensors(tensors), .integer(axis))
  }
  /// Returns tensors of one shape one after another along a new axis.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    Aten.stack(.tensors(tensors), .integer(axis))
  }
}
