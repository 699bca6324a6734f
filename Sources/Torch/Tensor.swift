import CTorch

/// An array of any number of dimensions, with the operators that networks need.
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

  public var shape: [Int] {
    let rank = rank
    return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
      buffer.withMemoryRebound(to: Int64.self) { ct_sizes(handle, $0.baseAddress) }
      count = rank
    }
  }

  public var strides: [Int] {
    let rank = rank
    return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
      _ = buffer.withMemoryRebound(to: Int64.self) { ct_strides(handle, $0.baseAddress) }
      count = rank
    }
  }

  /// The number of elements.
  public var count: Int { Int(ct_count(handle)) }

  public var dtype: DType {
    guard let dtype = DType(rawValue: ct_dtype(handle)) else {
      fatalError("libtorch's dtype \(ct_dtype(handle)) is not known here")
    }
    return dtype
  }

  public var device: Device { Device(code: ct_device(handle)) }
  public var isContiguous: Bool { ct_is_contiguous(handle) }

  /// Whether autograd follows what is computed from this tensor.
  public var requiresGradient: Bool {
    get { ct_requires_gradient(handle) }
    set {
      if ct_set_requires_gradient(handle, newValue) != 0 {
        fatalError("\(signature): \(String(cString: ct_last_error()))")
      }
    }
  }

  /// Dtype and shape, for messages: `float32[2, 3]`.
  public var signature: String { "\(dtype)\(shape)" }
}
