import CTorch

/// An array of any number of dimensions, with the operators that networks need.
///
/// A wrong call, for instance with shapes that do not fit, is a programming error: it stops the process with the
/// operator, its arguments' dtypes and shapes, and libtorch's reason.
///
/// A tensor is a reference: slices are views on the same memory, and operators whose name ends in an
/// underscore in libtorch (here: `add(inPlace:)`, `fill`, …) write to it. libtorch counts references
/// atomically and reads from several threads at once; only writing needs one owner at a time.
public final class Tensor: @unchecked Sendable {
  let handle: OpaquePointer

  /// Takes over one counted reference.
  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { ct_free(handle) }
}

extension Tensor {
  /// The number of dimensions.
  public var rank: Int { Int(ct_dimensions(handle)) }

  /// The size of every dimension.
  public var shape: [Int] {
    let rank = rank
    return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
      buffer.withMemoryRebound(to: Int64.self) { ct_sizes(handle, $0.baseAddress) }
      count = rank
    }
  }

  /// How many elements lie between neighbors along every dimension.
  public var strides: [Int] {
    let rank = rank
    return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
      _ = buffer.withMemoryRebound(to: Int64.self) { ct_strides(handle, $0.baseAddress) }
      count = rank
    }
  }

  /// The number of elements.
  public var count: Int { Int(ct_count(handle)) }

  /// The type of the elements.
  public var dtype: DType {
    guard let dtype = DType(rawValue: ct_dtype(handle)) else {
      fatalError("libtorch's dtype \(ct_dtype(handle)) is not known here")
    }
    return dtype
  }

  /// The device in whose memory the elements lie.
  public var device: Device { Device(code: ct_device(handle)) }
  /// Whether the elements lie in memory in row-major order without gaps.
  public var isContiguous: Bool { ct_is_contiguous(handle) }

  /// Whether autograd records what is computed from this tensor.
  ///
  /// It can be set for tensors of floating-point numbers that were not computed from others; otherwise the process
  /// stops.
  public var requiresGradient: Bool {
    get { ct_requires_gradient(handle) }
    set {
      if ct_set_requires_gradient(handle, newValue) != 0 {
        fatalError("\(signature): \(String(cString: ct_last_error()))")
      }
    }
  }

  /// The dtype and shape, for messages: `float32[2, 3]`.
  public var signature: String { "\(dtype)\(shape)" }
}
