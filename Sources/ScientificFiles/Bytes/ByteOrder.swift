/// Which byte of a number comes first.
enum ByteOrder: Sendable {
  case little
  case big

  /// The machine's order.
  static var native: ByteOrder { 1.littleEndian == 1 ? .little : .big }

  /// A number at a place in bytes, all of which have to be there.
  func number<Value: FixedWidthInteger & UnsignedInteger>(
    _ bytes: [UInt8], at position: Int, as type: Value.Type = Value.self
  ) -> Value {
    let size = Value.bitWidth / 8
    var value: Value = 0
    for index in 0..<size { value = value << 8 | Value(bytes[position + (self == .big ? index : size - 1 - index)]) }
    return value
  }
}
