/// The types of the numbers that a file holds.
public enum ElementType: String, Sendable, CaseIterable {
  case bool
  case int8
  case uint8
  case int16
  case uint16
  case int32
  case uint32
  case int64
  case uint64
  case float16
  case float32
  case float64

  /// The bytes that a number takes in a file.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}
