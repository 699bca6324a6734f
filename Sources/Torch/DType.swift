/// The type of a tensor's elements. Raw values are libtorch's own codes.
public enum DType: Int32, Sendable, CaseIterable {
  case uint8 = 0
  case int8 = 1
  case int16 = 2
  case int32 = 3
  case int64 = 4
  case float16 = 5
  case float32 = 6
  case float64 = 7
  case complex64 = 9
  case bool = 11
  case bfloat16 = 15
  case float8e5m2 = 23
  case float8e4m3 = 24
  case uint16 = 27
  case uint32 = 28
  case uint64 = 29
  case float8e8m0 = 44
  /// Two four-bit floats in a byte.
  case float4e2m1x2 = 45

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool, .float8e5m2, .float8e4m3, .float8e8m0, .float4e2m1x2: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    }
  }

  /// Whether single elements are plain numbers, which convert to other types.
  public var isNumeric: Bool { self != .complex64 && self != .float4e2m1x2 }

  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64, .bfloat16, .float8e5m2, .float8e4m3, .float8e8m0,
      .float4e2m1x2:
      true
    default: false
    }
  }
}

/// A Swift type whose arrays can become tensors and back.
public protocol TensorScalar: Sendable {
  static var dtype: DType { get }
}

extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension Int8: TensorScalar { public static var dtype: DType { .int8 } }
extension Int16: TensorScalar { public static var dtype: DType { .int16 } }
extension UInt16: TensorScalar { public static var dtype: DType { .uint16 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension UInt32: TensorScalar { public static var dtype: DType { .uint32 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension UInt64: TensorScalar { public static var dtype: DType { .uint64 } }
extension Int: TensorScalar { public static var dtype: DType { .int64 } }
extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Bool: TensorScalar { public static var dtype: DType { .bool } }
