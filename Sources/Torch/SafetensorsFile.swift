import Foundation
import Support

/// A safetensors file, mapped into memory: opening it reads the header alone, and a tensor's pages are read when used.
public struct SafetensorsFile: Sendable {
  /// The file.
  public let url: URL
  /// The header's `__metadata__`; empty if there is none.
  public let metadata: [String: String]
  /// The tensors' names in the order of their bytes.
  public let names: [String]

  private let entries: [String: SafetensorsHeader.Entry]
  private let mapping: FileMapping
  private let dataStart: Int

  /// The format's own limit of a header.
  private static let largestHeader = 100_000_000

  /// Opens a file and reads its header.
  ///
  /// - Throws: `FileError` for a file that is missing, empty, truncated or malformed: every offset is checked against
  ///   the file's true size before anything is read.
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
        url, "claims a header of \(length) bytes, but \(total - 8) follow: it is truncated, or not a safetensors file")
    }
    dataStart = 8 + Int(length)
    let header: SafetensorsHeader
    do {
      header = try SafetensorsHeader(
        UnsafeRawBufferPointer(rebasing: mapping.bytes[8..<dataStart]), dataCount: total - dataStart)
    } catch let problem as SafetensorsHeader.Problem {
      throw FileError(url, problem.reason.inBrief)
    } catch let failure as JSONScanner.Failure {
      throw FileError(url, "has a header that is not a JSON object of tensors: \(failure)".inBrief)
    }
    metadata = header.metadata
    entries = header.entries
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
  }

  private init(_ whole: SafetensorsFile, metadata: [String: String], prefix: String) {
    url = whole.url
    mapping = whole.mapping
    dataStart = whole.dataStart
    self.metadata = metadata
    names = whole.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    entries = Dictionary(uniqueKeysWithValues: names.map { ($0, whole.entries[prefix + $0]!) })
  }

  /// Returns the tensors whose names begin with a prefix, as a file in which their names lack it.
  ///
  /// - Parameters:
  ///   - prefix: the beginning of the names.
  ///   - metadata: what is said about these tensors beside the file's own metadata, of which it replaces entries.
  public func part(_ prefix: String, metadata: [String: String] = [:]) -> SafetensorsFile {
    SafetensorsFile(self, metadata: self.metadata.merging(metadata) { $1 }, prefix: prefix)
  }

  /// Returns the shape of a tensor without reading it; nil if there is no such tensor.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// Returns a tensor whose memory is the file's. What is written to it changes no file.
  ///
  /// Two 4-bit floats in a byte count as one element, so that the last size is half of the file's.
  ///
  /// - Throws: `FileError` if there is no such tensor, or libtorch lacks its type.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else { throw FileError(url, "has no tensor '\(name)'") }
    guard let dtype = entry.type.dtype else {
      throw FileError(url, "tensor '\(name)' is \(entry.type.rawValue), a type that libtorch lacks")
    }
    var shape = entry.shape
    if dtype == .float4e2m1x2, let last = shape.last {
      guard last % 2 == 0 else {
        throw FileError(
          url, "tensor '\(name)' of shape \(shape) has rows that end within a byte: the last size has to be even")
      }
      shape[shape.count - 1] = last / 2
    }
    let start = mapping.start + dataStart + entry.bytes.lowerBound
    let tensor = Tensor(memory: start, shape: shape, dtype: dtype, owner: mapping)
    // Kernels expect elements at multiples of their size; foreign files need not keep to that.
    let isAligned = Int(bitPattern: start) % dtype.byteCount == 0
    return isAligned ? tensor : tensor.copiedBytewise(from: start, owner: mapping)
  }

  /// Returns the bytes of a tensor as they lie in the file, whatever its type.
  ///
  /// - Throws: `FileError` if there is no such tensor.
  public func bytes(of name: String) throws -> Data {
    guard let entry = entries[name] else { throw FileError(url, "has no tensor '\(name)'") }
    return Data(mapping.bytes[(dataStart + entry.bytes.lowerBound)..<(dataStart + entry.bytes.upperBound)])
  }
}

extension String {
  /// On one line of limited length: names and shapes in a file may be of any.
  fileprivate var inBrief: String {
    let start = prefix(300).unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    return String(String.UnicodeScalarView(start)) + (count > 300 ? "…" : "")
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
