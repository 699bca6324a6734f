/// The type of a tensor's elements, whose raw value is libtorch's own code.
public enum DType: Int32, Sendable, CaseIterable {
  /// Unsigned integers of 8 bits.
  case uint8 = 0
  /// Signed integers of 8 bits.
  case int8 = 1
  /// Signed integers of 16 bits.
  case int16 = 2
  /// Signed integers of 32 bits.
  case int32 = 3
  /// Signed integers of 64 bits, the type of indices and labels.
  case int64 = 4
  /// Floating-point numbers of 16 bits: 5 of exponent, 10 of fraction.
  case float16 = 5
  /// Floating-point numbers of 32 bits, the default of tensors.
  case float32 = 6
  /// Floating-point numbers of 64 bits.
  case float64 = 7
  /// Complex numbers of two 32-bit floats.
  case complex64 = 9
  /// Booleans of one byte each.
  case bool = 11
  /// Floating-point numbers of 16 bits: 8 of exponent, 7 of fraction.
  case bfloat16 = 15
  /// Floating-point numbers of 8 bits: 5 of exponent, 2 of fraction.
  case float8e5m2 = 23
  /// Floating-point numbers of 8 bits: 4 of exponent, 3 of fraction, without infinities.
  case float8e4m3 = 24
  /// Unsigned integers of 16 bits.
  case uint16 = 27
  /// Unsigned integers of 32 bits.
  case uint32 = 28
  /// Unsigned integers of 64 bits.
  case uint64 = 29
  /// Powers of two of 8 bits: an exponent alone.
  case float8e8m0 = 44
  /// Bytes that hold two floating-point numbers of 4 bits each: 2 of exponent, 1 of fraction.
  case float4e2m1x2 = 45

  /// The number of bytes of one element.
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

  /// Whether elements are real floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64, .bfloat16, .float8e5m2, .float8e4m3, .float8e8m0,
      .float4e2m1x2:
      true
    default: false
    }
  }
}

/// A Swift type whose arrays can become tensors, and tensors arrays of it.
public protocol TensorScalar: Sendable {
  /// The type of a tensor's elements that has the same memory layout.
  static var dtype: DType { get }
}

extension UInt8: TensorScalar {
  /// The dtype ``DType/uint8``.
  public static var dtype: DType { .uint8 }
}
extension Int8: TensorScalar {
  /// The dtype ``DType/int8``.
  public static var dtype: DType { .int8 }
}
extension Int16: TensorScalar {
  /// The dtype ``DType/int16``.
  public static var dtype: DType { .int16 }
}
extension UInt16: TensorScalar {
  /// The dtype ``DType/uint16``.
  public static var dtype: DType { .uint16 }
}
extension Int32: TensorScalar {
  /// The dtype ``DType/int32``.
  public static var dtype: DType { .int32 }
}
extension UInt32: TensorScalar {
  /// The dtype ``DType/uint32``.
  public static var dtype: DType { .uint32 }
}
extension Int64: TensorScalar {
  /// The dtype ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension UInt64: TensorScalar {
  /// The dtype ``DType/uint64``.
  public static var dtype: DType { .uint64 }
}
extension Int: TensorScalar {
  /// The dtype ``DType/int64``.
  public static var dtype: DType { .int64 }
}
extension Float: TensorScalar {
  /// The dtype ``DType/float32``.
  public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
  /// The dtype ``DType/float64``.
  public static var dtype: DType { .float64 }
}
extension Bool: TensorScalar {
  /// The dtype ``DType/bool``.
  public static var dtype: DType { .bool }
}
