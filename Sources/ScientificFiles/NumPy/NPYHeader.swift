import Support

/// What precedes the numbers of an npy file.
///
/// - Source: NumPy Enhancement Proposal 1, and `numpy.lib.format` for the versions 2 and 3.
enum NPYHeader {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// A shape of NumPy's most dimensions takes less.
  private static let largestCount = 1 << 20
  private static let mostDimensions = 64

  /// Reads a header, after which the stream goes on with the numbers, all of which are there.
  ///
  /// - Throws: `FileError` for what is no npy file, or holds something else than numbers.
  static func layout(from stream: any ByteStream) throws -> ArrayLayout {
    let text = try text(from: stream)
    do {
      let layout = try layout(of: try PythonLiteral.dictionary(text))
      guard layout.byteCount <= stream.remaining else {
        throw PythonLiteral.Failure(
          reason: "says shape \(layout.shape) of \(layout.type.rawValue), which takes \(layout.byteCount) bytes, "
            + "but \(stream.remaining) follow: values are missing")
      }
      return layout
    } catch let failure as PythonLiteral.Failure {
      throw stream.part.error(excerpt("has an npy header that \(failure.reason)", limit: 400))
    }
  }

  private static func text(from stream: any ByteStream) throws -> [UInt8] {
    let start = try stream.bytes(min(8, stream.remaining))
    guard start.starts(with: magic), start.count == 8 else {
      throw stream.part.error("is not an npy file: such a file starts with the byte 0x93 and 'NUMPY'")
    }
    guard (1...3).contains(start[6]) else {
      throw stream.part.error("is an npy file of version \(start[6]): versions 1 to 3 are read")
    }
    let size = start[6] == 1 ? 2 : 4
    let length = try stream.bytes(size)
    let count = Int(
      size == 2
        ? UInt32(ByteOrder.little.number(length, at: 0, as: UInt16.self)) : ByteOrder.little.number(length, at: 0))
    guard count <= largestCount else {
      throw stream.part.error("has an npy header of \(count) bytes: it is damaged")
    }
    return try stream.bytes(count)
  }

  private static func layout(of entries: [String: PythonLiteral]) throws -> ArrayLayout {
    if entries.values.contains(.list) {
      throw PythonLiteral.Failure(
        reason: "describes records of several fields, which are not read: save each field as an array of its own")
    }
    guard case .text(let description) = entries["descr"], case .truth(let isColumnMajor) = entries["fortran_order"],
      case .wholeNumbers(let shape) = entries["shape"]
    else {
      throw PythonLiteral.Failure(
        reason: "lacks one of 'descr' (a text), 'fortran_order' (True or False) and 'shape' (whole numbers), "
          + "or has it of another kind")
    }
    guard shape.count <= mostDimensions else {
      throw PythonLiteral.Failure(reason: "says \(shape.count) dimensions: \(mostDimensions) is the most")
    }
    let (type, byteOrder) = try elements(description)
    guard
      let layout = ArrayLayout(type: type, shape: shape, byteOrder: byteOrder, isColumnMajor: isColumnMajor)
    else { throw PythonLiteral.Failure(reason: "says shape \(shape), which is beyond any memory") }
    return layout
  }

  /// The numbers that a description such as `<f4` means.
  private static func elements(_ description: String) throws -> (ElementType, ByteOrder) {
    guard !description.hasPrefix("|O") else {
      throw PythonLiteral.Failure(
        reason: "describes Python objects (|O), which are not read: save numbers, as with array.astype(\"float32\")")
    }
    guard let order = byteOrders[description.prefix(1)], let type = types[description.dropFirst()] else {
      throw PythonLiteral.Failure(
        reason: "describes elements of '\(excerpt(description, limit: 20))', which are not read: "
          + "bool, integers of 8 to 64 bits and floats of 16 to 64 bits are")
    }
    return (type, order)
  }

  /// Returns the header of a file of version 1 whose numbers are little endian and in row-major order. Its length is a
  /// multiple of 64 bytes.
  static func bytes(of type: ElementType, shape: [Int]) -> [UInt8] {
    let name = types.first { $0.value == type }!.key
    let order = ["i1", "u1", "b1"].contains(name) ? "|" : "<"
    let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let padding = String(repeating: " ", count: 63 - (magic.count + 4 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count + padding.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array((text + padding).utf8)
  }

  private static let byteOrders: [Substring: ByteOrder] = ["<": .little, ">": .big, "|": .native, "=": .native]

  private static let types: [Substring: ElementType] = [
    "b1": .bool, "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16, "i4": .int32, "u4": .uint32, "i8": .int64,
    "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
  ]
}
