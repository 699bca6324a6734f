import Support

/// What a safetensors file says about its tensors, read as the format's own reader does (the crate `safetensors`, on
/// `serde_json`).
///
/// A header is an object. `__metadata__` is null or maps texts to texts; every other field is a tensor with `dtype`,
/// `shape` and `data_offsets`, once each, and whatever else is ignored. A tensor that is described twice counts as it
/// is described last. Whitespace may surround the object.
///
/// Two things are stricter here. The crate also takes two forms that its JSON library derives (a list in place of a
/// tensor's object, an object in place of the `dtype`), which the format does not describe. And it takes shapes that
/// hold nothing but have sizes beyond any memory, of which libtorch cannot compute the strides.
struct SafetensorsHeader {
  /// A tensor's description, whose bytes lie within the file's data.
  struct Entry: Sendable {
    let type: Safetensors.ElementType
    let shape: [Int]
    let bytes: Range<Int>
  }

  private(set) var metadata: [String: String] = [:]
  private(set) var entries: [String: Entry] = [:]

  private static let metadataName = "__metadata__"

  /// - Parameter dataCount: the number of bytes that follow the header.
  /// - Throws: ``Problem``, or the scanner's failure.
  init(_ bytes: UnsafeRawBufferPointer, dataCount: Int) throws {
    var scanner = JSONScanner(bytes, of: "header")
    var hasMetadata = false
    var descriptions: [String: Description] = [:]
    try scanner.readObject { scanner, name in
      guard name == Self.metadataName else {
        descriptions[name] = try Description(&scanner, tensor: name)
        return
      }
      guard !hasMetadata else { throw Problem(reason: "has '\(Self.metadataName)' twice") }
      hasMetadata = true
      metadata = try Self.readMetadata(&scanner)
    }
    try scanner.finish()
    entries = try descriptions.reduce(into: [:]) { entries, item in
      entries[item.key] = try item.value.entry(of: item.key, dataCount: dataCount)
    }
  }

  private static func readMetadata(_ scanner: inout JSONScanner) throws -> [String: String] {
    if scanner.takeNull() { return [:] }
    var metadata: [String: String] = [:]
    do {
      try scanner.readObject { scanner, key in metadata[key] = try scanner.readString() }
    } catch let failure as JSONScanner.Failure {
      throw Problem(reason: "has '\(metadataName)' that is neither null nor maps texts to texts: \(failure)")
    }
    return metadata
  }

  /// What a header gets wrong, as the rest of a sentence about its file.
  struct Problem: Error {
    let reason: String
  }
}

/// A tensor's fields as they are written.
private struct Description {
  private let type: Safetensors.ElementType
  private let shape: [UInt64]
  private let offsets: [UInt64]

  /// Reads the fields in any order.
  init(_ scanner: inout JSONScanner, tensor name: String) throws {
    var (typeName, shape, offsets): (String?, [UInt64]?, [UInt64]?)
    do {
      try scanner.readObject { scanner, field in
        func requireFirst(_ value: Any?) throws {
          guard value == nil else { throw SafetensorsHeader.Problem(reason: "tensor '\(name)' has '\(field)' twice") }
        }
        switch field {
        case "dtype":
          try requireFirst(typeName)
          typeName = try scanner.readString()
        case "shape":
          try requireFirst(shape)
          shape = try Self.readWholeNumbers(&scanner)
        case "data_offsets":
          try requireFirst(offsets)
          offsets = try Self.readWholeNumbers(&scanner)
        default: try scanner.skipValue()
        }
      }
    } catch let failure as JSONScanner.Failure {
      throw SafetensorsHeader.Problem(reason: "tensor '\(name)', \(failure)")
    }
    guard let typeName, let shape, let offsets else {
      let missing = [("dtype", typeName == nil), ("shape", shape == nil), ("data_offsets", offsets == nil)]
      let names = missing.filter(\.1).map { "'\($0.0)'" }.joined(separator: " and ")
      throw SafetensorsHeader.Problem(reason: "tensor '\(name)' lacks \(names)")
    }
    guard let type = Safetensors.ElementType(rawValue: typeName) else {
      throw SafetensorsHeader.Problem(reason: "tensor '\(name)' has the unknown dtype '\(typeName)'")
    }
    guard offsets.count == 2 else {
      throw SafetensorsHeader.Problem(reason: "tensor '\(name)' has \(offsets.count) data_offsets, not two")
    }
    (self.type, self.shape, self.offsets) = (type, shape, offsets)
  }

  private static func readWholeNumbers(_ scanner: inout JSONScanner) throws -> [UInt64] {
    var numbers: [UInt64] = []
    try scanner.readList { numbers.append(try $0.readWholeNumber()) }
    return numbers
  }

  /// The same in numbers that are known to fit the file.
  func entry(of name: String, dataCount: Int) throws -> SafetensorsHeader.Entry {
    func problem(_ reason: String) -> SafetensorsHeader.Problem {
      SafetensorsHeader.Problem(reason: "tensor '\(name)' \(reason)")
    }
    guard offsets[0] <= offsets[1] else {
      throw problem("has data_offsets \(offsets), but two in order are expected")
    }
    guard offsets[1] <= UInt64(dataCount) else {
      throw problem(
        "has data_offsets \(offsets), but only \(dataCount) bytes of data are there: the file is truncated, or damaged")
    }
    guard let bits = bitCount(type) else { throw problem("has a shape \(shape) beyond any memory") }
    let bytes = Int(offsets[0])..<Int(offsets[1])
    guard bits % 8 == 0, bits / 8 == bytes.count else {
      throw problem("of shape \(shape) and dtype \(type.rawValue) needs \(bits) bits, but has \(bytes.count) bytes")
    }
    return SafetensorsHeader.Entry(type: type, shape: shape.map(Int.init), bytes: bytes)
  }

  /// The bits of all elements; nil where these, or the strides of a tensor without elements, are beyond any memory.
  private func bitCount(_ type: Safetensors.ElementType) -> Int? {
    var extent = type.bitCount
    for size in shape {
      // Strides pass over sizes of zero as if these were one.
      guard let size = Int(exactly: max(1, size)) else { return nil }
      let (product, overflow) = extent.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      extent = product
    }
    return shape.contains(0) ? 0 : extent
  }
}
