import CTorch
import Support

private enum Aten {
  static let item = Operator("_local_scalar_dense")
}

extension Tensor {
  /// Creates a tensor on the CPU of an array's elements, in row-major order.
  ///
  /// The array's own storage is used, and kept as long as the tensor lives, if the array is its only owner; otherwise
  /// it is copied. A shape that has another number of elements stops the process.
  ///
  /// - Parameters:
  ///   - elements: the elements in row-major order.
  ///   - shape: the size of every dimension; defaults to one dimension of the array's length.
  public convenience init<Scalar: TensorScalar>(_ elements: consuming [Scalar], shape: [Int]? = nil) {
    let shape = shape ?? [elements.count]
    require(
      Self.elementCount(shape) == elements.count, "\(elements.count) elements do not fill a tensor of shape \(shape)")
    let storage = ArrayStorage(elements)
    let context = Unmanaged.passRetained(storage)
    let handle = ct_from_memory(
      storage.address, shape.map(Int64.init), Int32(shape.count), Scalar.dtype.rawValue,
      { Unmanaged<AnyObject>.fromOpaque($0!).release() }, context.toOpaque())
    guard let handle else { fatalError(String(cString: ct_last_error())) }
    self.init(handle)
  }

  /// The number of elements of a shape; nil where a size is negative, or elements or strides are too many to count.
  private static func elementCount(_ shape: [Int]) -> Int? {
    var extent = 1
    for size in shape {
      let (product, overflow) = extent.multipliedReportingOverflow(by: Swift.max(1, size))
      guard size >= 0, !overflow else { return nil }
      extent = product
    }
    return shape.contains(0) ? 0 : extent
  }

  /// Creates a tensor of one element and no dimension.
  public convenience init<Scalar: TensorScalar>(scalar: Scalar) { self.init([scalar], shape: []) }

  /// A tensor on memory that `owner` keeps.
  convenience init(
    memory: UnsafeMutableRawPointer, shape: [Int], dtype: DType, owner: AnyObject
  ) {
    let context = Unmanaged.passRetained(owner)
    let handle = ct_from_memory(
      memory, shape.map(Int64.init), Int32(shape.count), dtype.rawValue,
      { Unmanaged<AnyObject>.fromOpaque($0!).release() }, context.toOpaque())
    guard let handle else { fatalError(String(cString: ct_last_error())) }
    self.init(handle)
  }

  /// Returns the elements in row-major order, from any device, converted to `Scalar` where the dtype differs; zeros on
  /// ``Device/meta``.
  public func array<Scalar: TensorScalar>(of type: Scalar.Type = Scalar.self) -> [Scalar] {
    let elements = device == .meta ? Tensor.zeros(shape, dtype: dtype) : detached().to(.cpu)
    let source = elements.to(Scalar.dtype).contiguous()
    let count = source.count
    return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 {
        source.withBytes {
          UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
      }
      initialized = count
    }
  }

  /// Reads the elements in place, in row-major order. A tensor that is not contiguous, on the CPU and of this dtype
  /// stops the process.
  public func withElements<Scalar: TensorScalar, Result>(
    of type: Scalar.Type = Scalar.self, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try withMutableElements(of: type) { try body(UnsafeBufferPointer($0)) }
  }

  /// Writes the elements in place, in row-major order. A tensor that is not contiguous, on the CPU and of this dtype
  /// stops the process.
  public func withMutableElements<Scalar: TensorScalar, Result>(
    of type: Scalar.Type = Scalar.self, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    require(
      isContiguous && device == .cpu && dtype == Scalar.dtype,
      "\(signature) on \(device) is not contiguous \(Scalar.dtype) on the CPU")
    return try withExtendedLifetime(self) {
      let count = count
      let start = count == 0 ? nil : ct_data(handle).bindMemory(to: Scalar.self, capacity: count)
      return try body(UnsafeMutableBufferPointer(start: start, count: count))
    }
  }

  /// The raw bytes of a contiguous tensor on the CPU.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    require(isContiguous && device == .cpu, "\(signature) is not contiguous in the memory of the CPU")
    return try withExtendedLifetime(self) {
      let count = count * dtype.byteCount
      return try body(UnsafeRawBufferPointer(start: count == 0 ? nil : ct_data(handle), count: count))
    }
  }

  /// The one element of a tensor as a real number. Any other number of elements stops the process.
  public var item: Double {
    require(count == 1, "item of \(signature): has \(count) elements, not one")
    return array(of: Double.self)[0]
  }
}

/// An array that stays where it is while a tensor reads it.
private final class ArrayStorage<Scalar> {
  private let elements: UnsafeMutableBufferPointer<Scalar>?
  private let array: [Scalar]

  init(_ elements: consuming [Scalar]) {
    // A tensor may write to its memory, so storage that others can see must not be shared. After `consuming`, the
    // array has no other owner in the caller; making it mutable copies it only if there is one elsewhere.
    var own = elements
    self.elements = own.withUnsafeMutableBufferPointer { $0 }
    array = own
  }

  var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(elements!.baseAddress ?? Self.nowhere) }

  private static var nowhere: UnsafeMutablePointer<Scalar> {
    UnsafeMutablePointer(bitPattern: MemoryLayout<Scalar>.alignment)!
  }
}
