import Support

/// An array of numbers of any rank, in row-major order: the last index runs fastest, whatever order the file has.
public struct NumericArray: Sendable, Equatable {
  /// The numbers, in the type in which the file holds them.
  public enum Elements: Sendable, Equatable {
    case bool([Bool])
    case int8([Int8])
    case uint8([UInt8])
    case int16([Int16])
    case uint16([UInt16])
    case int32([Int32])
    case uint32([UInt32])
    case int64([Int64])
    case uint64([UInt64])
    case float16([Float16])
    case float32([Float])
    case float64([Double])
  }

  /// The sizes of all dimensions; empty for a single number.
  public let shape: [Int]
  /// The numbers, as many as the product of the sizes.
  public let elements: Elements

  /// Creates an array, whose elements have to fill its shape.
  public init(shape: [Int], elements: Elements) {
    require(
      elements.count == shape.reduce(1, *), "\(elements.count) elements do not fill an array of shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// The number of elements.
  public var count: Int { elements.count }

  /// The type of the elements.
  public var elementType: ElementType { elements.type }
}

extension NumericArray.Elements {
  /// The number of elements.
  public var count: Int {
    switch self {
    case .bool(let values): values.count
    case .int8(let values): values.count
    case .uint8(let values): values.count
    case .int16(let values): values.count
    case .uint16(let values): values.count
    case .int32(let values): values.count
    case .uint32(let values): values.count
    case .int64(let values): values.count
    case .uint64(let values): values.count
    case .float16(let values): values.count
    case .float32(let values): values.count
    case .float64(let values): values.count
    }
  }

  /// The type of the elements.
  public var type: ElementType {
    switch self {
    case .bool: .bool
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    }
  }
}
