/// How the numbers of an array lie in a file.
struct ArrayLayout: Sendable {
  let type: ElementType
  let shape: [Int]
  let byteOrder: ByteOrder
  /// Whether the first index runs fastest, as in Fortran and MATLAB.
  let isColumnMajor: Bool
  /// The number of elements.
  let count: Int

  /// The bytes that the numbers take in the file.
  var byteCount: Int { count * type.byteCount }

  /// Fails for a shape whose elements, or whose strides where it has no elements, are beyond any memory.
  init?(type: ElementType, shape: [Int], byteOrder: ByteOrder, isColumnMajor: Bool) {
    guard let count = elementCount(of: shape, bytesEach: type.byteCount) else { return nil }
    self.type = type
    self.shape = shape
    self.byteOrder = byteOrder
    self.isColumnMajor = isColumnMajor
    self.count = count
  }

  /// Reads the numbers, straight into their array.
  ///
  /// - Throws: `FileError` if the stream has too few bytes, or is damaged.
  func array(from stream: any ByteStream) throws -> NumericArray {
    NumericArray(shape: shape, elements: try elements(from: stream))
  }

  private func elements(from stream: any ByteStream) throws -> NumericArray.Elements {
    switch type {
    // Any byte other than zero is true.
    case .bool: .bool(try values(of: UInt8.self, from: stream).map { $0 != 0 })
    case .int8: .int8(try values(from: stream))
    case .uint8: .uint8(try values(from: stream))
    case .int16: .int16(try values(from: stream))
    case .uint16: .uint16(try values(from: stream))
    case .int32: .int32(try values(from: stream))
    case .uint32: .uint32(try values(from: stream))
    case .int64: .int64(try values(from: stream))
    case .uint64: .uint64(try values(from: stream))
    case .float16: .float16(try values(from: stream))
    case .float32: .float32(try values(from: stream))
    case .float64: .float64(try values(from: stream))
    }
  }

  private func values<Value: FileElement>(
    of type: Value.Type = Value.self, from stream: any ByteStream
  ) throws -> [Value] {
    // A length that is not believed allocates nothing.
    try stream.requireRemaining(byteCount)
    let values = try [Value](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      let part = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      try stream.read(into: UnsafeMutableRawBufferPointer(part))
      if byteOrder != .native { part.swapBytes() }
      initializedCount = count
    }
    return isColumnMajor ? rowMajor(values, shape: shape) : values
  }
}

/// The number of elements of a shape; nil if they, or the strides of a shape without elements, are beyond any memory.
func elementCount(of shape: [Int], bytesEach: Int) -> Int? {
  var extent = bytesEach
  for size in shape {
    let (product, overflow) = extent.multipliedReportingOverflow(by: max(1, size))
    guard size >= 0, !overflow else { return nil }
    extent = product
  }
  return shape.contains(0) ? 0 : extent / bytesEach
}

/// A number as a file holds it.
private protocol FileElement: BitwiseCopyable {
  /// An integer of the same bits.
  associatedtype Bits: FixedWidthInteger
}

extension Int8: FileElement { fileprivate typealias Bits = UInt8 }
extension UInt8: FileElement { fileprivate typealias Bits = UInt8 }
extension Int16: FileElement { fileprivate typealias Bits = UInt16 }
extension UInt16: FileElement { fileprivate typealias Bits = UInt16 }
extension Int32: FileElement { fileprivate typealias Bits = UInt32 }
extension UInt32: FileElement { fileprivate typealias Bits = UInt32 }
extension Int64: FileElement { fileprivate typealias Bits = UInt64 }
extension UInt64: FileElement { fileprivate typealias Bits = UInt64 }
extension Float16: FileElement { fileprivate typealias Bits = UInt16 }
extension Float: FileElement { fileprivate typealias Bits = UInt32 }
extension Double: FileElement { fileprivate typealias Bits = UInt64 }

extension UnsafeMutableBufferPointer where Element: FileElement {
  fileprivate func swapBytes() {
    withMemoryRebound(to: Element.Bits.self) { bits in
      for index in bits.indices { bits[index] = bits[index].byteSwapped }
    }
  }
}
