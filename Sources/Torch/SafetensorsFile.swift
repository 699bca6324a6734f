import Foundation

/// A safetensors file, mapped into memory: opening reads the header alone, a tensor's pages come when touched.
public struct SafetensorsFile: Sendable {
  public let url: URL
  /// The header's `__metadata__`.
  public let metadata: [String: String]
  /// The tensors' names in the order of their bytes.
  public let names: [String]

  private struct Entry: Sendable {
    let type: Safetensors.ElementType
    let shape: [Int]
    let bytes: Range<Int>
  }
  private let entries: [String: Entry]
  private let mapping: FileMapping
  private let dataStart: Int

  /// The format's own limit of a header.
  private static let largestHeader = 100_000_000

  /// - Throws: ``FileError`` for a file that is missing, empty, truncated or malformed: every offset is checked
  ///   against the file's true size before anything is read.
  public init(contentsOf url: URL) throws {
    self.url = url
    mapping = try FileMapping(url)
    let total = mapping.count
    guard total >= 8 else {
      throw FileError(url, "has \(total) bytes: a safetensors file starts with an 8-byte length")
    }
    let length = mapping.bytes.loadUnaligned(as: UInt64.self).littleEndian
    guard length <= UInt64(Self.largestHeader), length <= UInt64(total - 8) else {
      throw FileError(
        url, "claims a header of \(length) bytes, but \(total - 8) follow: truncated, or no safetensors file")
    }
    dataStart = 8 + Int(length)
    let header = Data(mapping.bytes[8..<dataStart])
    let object: Any
    do { object = try JSONSerialization.jsonObject(with: header) } catch {
      throw FileError(url, "has a header that is no JSON")
    }
    guard let fields = object as? [String: Any] else { throw FileError(url, "has a header that is no JSON object") }
    metadata = try Self.metadata(fields["__metadata__"], url)
    var entries: [String: Entry] = [:]
    for (name, field) in fields where name != "__metadata__" {
      entries[name] = try Self.entry(field, name: name, dataCount: total - dataStart, url)
    }
    let ordered = entries.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    var end = 0
    for (name, entry) in ordered {
      guard entry.bytes.lowerBound == end else {
        let found = entry.bytes.lowerBound < end ? "overlaps the one before" : "leaves a hole before it"
        throw FileError(url, "tensor '\(name)' starts at byte \(entry.bytes.lowerBound), not \(end): it \(found)")
      }
      end = entry.bytes.upperBound
    }
    guard end == total - dataStart else {
      throw FileError(url, "has \(total - dataStart) bytes of data, but its tensors cover \(end)")
    }
    names = ordered.map(\.key)
    self.entries = entries
  }

  /// The shape of a tensor, without reading it.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// A tensor; its memory is the file's until someone writes to it (then only this process sees that).
  ///
  /// - Throws: ``FileError`` when there is no such tensor, or libtorch lacks its type.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else { throw FileError(url, "has no tensor '\(name)'") }
    guard let dtype = entry.type.dtype else {
      throw FileError(url, "tensor '\(name)' is \(entry.type.rawValue), which libtorch does not compute with")
    }
    var shape = entry.shape
    if dtype == .float4e2m1x2, let last = shape.last { shape[shape.count - 1] = last / 2 }
    let start = mapping.start + dataStart + entry.bytes.lowerBound
    let tensor = Tensor(memory: start, shape: shape, dtype: dtype, owner: mapping)
    // Kernels expect elements at multiples of their size; foreign files need not keep to that.
    let isAligned = Int(bitPattern: start) % dtype.byteCount == 0
    return isAligned ? tensor : tensor.copiedBytewise(from: start, owner: mapping)
  }

  /// The bytes of a tensor as they lie in the file, whatever its type.
  public func bytes(of name: String) throws -> Data {
    guard let entry = entries[name] else { throw FileError(url, "has no tensor '\(name)'") }
    return Data(mapping.bytes[(dataStart + entry.bytes.lowerBound)..<(dataStart + entry.bytes.upperBound)])
  }

  private static func metadata(_ field: Any?, _ url: URL) throws -> [String: String] {
    guard let field else { return [:] }
    guard let metadata = field as? [String: String] else {
      throw FileError(url, "has metadata that are not text by text")
    }
    return metadata
  }

  private static func entry(_ field: Any, name: String, dataCount: Int, _ url: URL) throws -> Entry {
    func refuse(_ reason: String) -> FileError { FileError(url, "tensor '\(name)' \(reason)") }
    guard let field = field as? [String: Any] else { throw refuse("has no description") }
    guard let typeName = field["dtype"] as? String, let type = Safetensors.ElementType(rawValue: typeName) else {
      throw refuse("has the unknown dtype '\(field["dtype"] ?? "none")'")
    }
    guard let shape = integers(field["shape"]) else { throw refuse("has no shape of whole numbers ≥ 0") }
    guard let offsets = integers(field["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1],
      offsets[1] <= dataCount
    else { throw refuse("has data_offsets outside the file's \(dataCount) bytes of data") }
    var bits = type.bitCount
    for size in shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      guard !overflow else { throw refuse("has a shape \(shape) beyond any memory") }
      bits = product
    }
    guard bits % 8 == 0, bits / 8 == offsets[1] - offsets[0] else {
      throw refuse(
        "of shape \(shape) and dtype \(typeName) needs \(bits / 8) bytes, but has \(offsets[1] - offsets[0])")
    }
    return Entry(type: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  private static func integers(_ field: Any?) -> [Int]? {
    guard let numbers = field as? [NSNumber] else { return nil }
    var integers: [Int] = []
    for number in numbers {
      guard let integer = Int(exactly: number), integer >= 0 else { return nil }
      integers.append(integer)
    }
    return integers
  }
}

extension Tensor {
  fileprivate func copiedBytewise(from start: UnsafeMutableRawPointer, owner: FileMapping) -> Tensor {
    let copy = Tensor.empty(shape, dtype: dtype)
    if count > 0 {
      copy.withBytes {
        UnsafeMutableRawPointer(mutating: $0.baseAddress!).copyMemory(from: start, byteCount: $0.count)
      }
    }
    withExtendedLifetime(owner) {}
    return copy
  }
}
