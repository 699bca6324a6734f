import Support

/// Parses the content of a variable, which lies in memory.
struct MATParser {
  let part: FilePart
  let byteOrder: ByteOrder
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int
  /// How many cell arrays and structures surround the value.
  private let depth: Int

  /// More levels would fill the stack.
  private static let deepest = 64
  private static let mostDimensions = 64

  init(_ bytes: [UInt8], _ byteOrder: ByteOrder, _ part: FilePart) {
    self.init(bytes, 0..<bytes.count, byteOrder, part, depth: 0)
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>, _ byteOrder: ByteOrder, _ part: FilePart, depth: Int) {
    (self.bytes, self.byteOrder, self.part, self.depth) = (bytes, byteOrder, part, depth)
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// Parses the value.
  ///
  /// - Throws: `FileError` for a value that is damaged, or of a kind that is not read.
  mutating func matrix() throws -> MATValue {
    // An empty matrix within a cell array or a structure may have no content at all.
    guard position < end else { return .numeric(NumericArray(shape: [0, 0], elements: .float64([]))) }
    let header = try header()
    return switch header.content {
    case .numbers(let type): .numeric(try numbers(header, type))
    case .characters: .characters(try characters(header.shape))
    case .cells: .cell(MATCells(shape: header.shape, values: try cells(header.shape)))
    case .structures: .structure(try structure(header.shape))
    case .unread(let reason): throw part.error(reason)
    }
  }

  // MARK: Elements

  mutating func header() throws -> MATMatrixHeader {
    let flags = try element("flags") { $0 == 6 }
    guard flags.range.count >= 4 else { throw damaged("its flags take \(flags.range.count) bytes, not 8") }
    let word = byteOrder.number(bytes, at: flags.range.lowerBound, as: UInt32.self)
    let shape = word & 0xFF == MATMatrixHeader.opaqueClass ? [] : try shape()
    let name = try element("a name") { $0 == 1 || $0 == 2 || $0 == 16 }
    return MATMatrixHeader(flags: word, shape: shape, name: String(decoding: bytes[name.range], as: UTF8.self))
  }

  private mutating func shape() throws -> [Int] {
    let element = try element("sizes") { $0 == 5 || $0 == 6 }
    guard (2...Self.mostDimensions).contains(element.range.count / 4) else {
      throw damaged("it has \(element.range.count / 4) sizes, where 2 to \(Self.mostDimensions) are possible")
    }
    let shape = stride(from: element.range.lowerBound, through: element.range.upperBound - 4, by: 4).map {
      Int(Int32(bitPattern: byteOrder.number(bytes, at: $0)))
    }
    guard elementCount(of: shape, bytesEach: 8) != nil else { throw damaged("its shape is \(shape)") }
    return shape
  }

  /// The next element.
  ///
  /// - Parameters:
  ///   - what: the element that is expected here, for errors.
  ///   - isExpected: whether a type is possible.
  private mutating func element(_ what: String, _ isExpected: (UInt32) -> Bool) throws -> MATElement {
    let start = position
    guard end - start >= MATElement.tagCount else { throw damaged("it ends where \(what) should follow") }
    let word = byteOrder.number(bytes, at: start, as: UInt32.self)
    // A small element has its size beside its type, and its content within the tag.
    let isSmall = word >> 16 != 0
    let (type, first) = (isSmall ? word & 0xFFFF : word, start + (isSmall ? 4 : MATElement.tagCount))
    let count = Int(isSmall ? word >> 16 : byteOrder.number(bytes, at: start + 4))
    guard isExpected(type) else { throw damaged("there is an element of type \(type) where \(what) should be") }
    guard count <= (isSmall ? 4 : end - first) else {
      throw damaged("\(what) of \(count) bytes should follow, where \(isSmall ? 4 : end - first) are left")
    }
    position = isSmall ? start + MATElement.tagCount : min(end, first + MATElement.padded(count))
    return MATElement(type: type, range: first..<(first + count))
  }

  private func damaged(_ reason: String) -> FileError {
    part.error("is damaged: \(reason) (byte \(position) of its \(bytes.count))")
  }

  // MARK: Numbers

  private mutating func numbers(_ header: MATMatrixHeader, _ type: ElementType) throws -> NumericArray {
    guard !header.isComplex else {
      throw part.error("holds complex numbers, which are not read: save real(…) and imag(…) instead")
    }
    let count = header.shape.reduce(1, *)
    let element =
      position == end && count == 0
      ? MATElement(type: 9, range: end..<end) : try element("numbers") { (1...13).contains($0) }
    guard let stored = element.storedType else { throw damaged("numbers are stored as type \(element.type)") }
    guard
      let layout = ArrayLayout(type: stored, shape: header.shape, byteOrder: byteOrder, isColumnMajor: true),
      layout.byteCount == element.range.count
    else {
      throw damaged(
        "its shape \(header.shape) needs \(count) numbers of \(stored.byteCount) bytes, "
          + "and \(element.range.count) bytes are there")
    }
    let array = try layout.array(from: MemoryStream(bytes, element.range, part: part))
    let meant = header.isLogical ? .bool : type
    guard let elements = array.elements.converted(to: meant) else {
      throw damaged("a number is not of its type \(meant.rawValue)")
    }
    return NumericArray(shape: header.shape, elements: elements)
  }

  // MARK: Characters

  private mutating func characters(_ shape: [Int]) throws -> [String] {
    let count = shape.reduce(1, *)
    guard position < end || count > 0 else { return [] }
    let element = try element("characters") { [1, 2, 4, 16, 17, 18].contains($0) }
    guard count > 0 else { return [] }
    let units = try units(of: element)
    // One row is as long as it is: writers disagree on what the size of characters of several units is.
    guard shape[0] > 1 else { return [String(decoding: units, as: UTF16.self)] }
    guard units.count == count else {
      throw damaged("its shape \(shape) needs \(count) characters, and \(units.count) are there")
    }
    let rows = rowMajor(units, shape: shape)
    let length = count / shape[0]
    return (0..<shape[0]).map { String(decoding: rows[($0 * length)..<(($0 + 1) * length)], as: UTF16.self) }
  }

  private func units(of element: MATElement) throws -> [UInt16] {
    switch element.encoding {
    case .latin1: return bytes[element.range].map { UInt16($0) }
    case .utf8: return Array(String(decoding: bytes[element.range], as: UTF8.self).utf16)
    case .utf16:
      return stride(from: element.range.lowerBound, through: element.range.upperBound - 2, by: 2).map {
        byteOrder.number(bytes, at: $0)
      }
    case .utf32:
      let scalars = stride(from: element.range.lowerBound, through: element.range.upperBound - 4, by: 4).map {
        Unicode.Scalar(byteOrder.number(bytes, at: $0, as: UInt32.self)) ?? "\u{FFFD}"
      }
      return scalars.flatMap { Array(String(Character($0)).utf16) }
    case nil: throw damaged("characters are stored as type \(element.type)")
    }
  }

  // MARK: Cells and structures

  private mutating func cells(_ shape: [Int]) throws -> [MATValue] {
    let count = shape.reduce(1, *)
    try requireElements(count, each: 1)
    var values: [MATValue] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try value()) }
    return rowMajor(values, shape: shape)
  }

  private mutating func structure(_ shape: [Int]) throws -> MATStructure {
    let names = try fieldNames()
    let count = shape.reduce(1, *)
    guard !names.isEmpty else { return MATStructure(shape: shape, fields: []) }
    try requireElements(count, each: names.count)
    var columns: [[MATValue]] = names.map { _ in [] }
    for _ in 0..<count {
      for index in names.indices { columns[index].append(try value()) }
    }
    return MATStructure(
      shape: shape, fields: names.indices.map { (names[$0], rowMajor(columns[$0], shape: shape)) })
  }

  private mutating func fieldNames() throws -> [String] {
    let size = try element("the length of field names") { $0 == 5 || $0 == 6 }
    guard size.range.count >= 4 else { throw damaged("the length of field names takes \(size.range.count) bytes") }
    let length = Int(byteOrder.number(bytes, at: size.range.lowerBound, as: UInt32.self))
    let text = try element("field names") { $0 == 1 || $0 == 2 || $0 == 16 }
    guard !text.range.isEmpty else { return [] }
    guard length > 0, text.range.count % length == 0 else {
      throw damaged("field names take \(text.range.count) bytes, which \(length) bytes each do not fill")
    }
    let names = stride(from: text.range.lowerBound, to: text.range.upperBound, by: length).map { start in
      String(decoding: bytes[start..<(start + length)].prefix { $0 != 0 }, as: UTF8.self)
    }
    guard Set(names).count == names.count else { throw damaged("two fields have one name") }
    return names
  }

  /// Values are not made room for that the bytes which are left cannot hold.
  private func requireElements(_ count: Int, each fields: Int) throws {
    let (needed, overflow) = count.multipliedReportingOverflow(by: fields)
    guard !overflow, needed <= (end - position) / MATElement.tagCount else {
      throw damaged("\(count) values of \(fields) fields should follow, where \(end - position) bytes are left")
    }
  }

  /// The next cell, or the next field's value.
  private mutating func value() throws -> MATValue {
    guard depth < Self.deepest else {
      throw part.error("nests cell arrays and structures more than \(Self.deepest) deep, which is not read")
    }
    let element = try element("a value") { $0 == MATElement.matrix }
    var parser = MATParser(bytes, element.range, byteOrder, part, depth: depth + 1)
    return try parser.matrix()
  }
}
