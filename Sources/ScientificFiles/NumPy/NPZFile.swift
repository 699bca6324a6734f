import Foundation
import Support

/// Named arrays in an archive of NumPy's format npz: a zip archive of npy files, stored or deflated, zip64 or not.
///
/// Opening it reads the archive's directory alone.
///
/// - Source: `numpy.savez`, `numpy.savez_compressed`, and PKWARE, *.ZIP File Format Specification* 6.3.
public struct NPZFile: Sendable {
  /// The file.
  public let url: URL
  /// The names of the arrays, in the order of the archive's directory.
  public let names: [String]
  private let file: OpenFile
  private let entries: [String: ZipEntry]

  private static let ending = ".npy"

  /// Opens an archive and reads its directory.
  ///
  /// - Throws: `FileError` for a file that is missing, or is no whole zip archive.
  public init(contentsOf url: URL) throws {
    self.url = url
    file = try OpenFile(url)
    var (names, entries): ([String], [String: ZipEntry]) = ([], [:])
    for entry in try ZipDirectory.entries(of: file) where entry.name.hasSuffix(Self.ending) {
      let name = String(entry.name.dropLast(Self.ending.count))
      // Of two that have one name, the archive means the last.
      if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
    }
    (self.names, self.entries) = (names, entries)
  }

  /// Reads an array, and compares it with the archive's checksum.
  ///
  /// - Throws: `FileError` if there is no such array, or its entry is damaged or holds something else than numbers.
  public func array(_ name: String) throws -> NumericArray {
    guard let entry = entries[name] else {
      let present = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
      throw FileError(url, "has no array '\(excerpt(name))': \(excerpt(present, limit: 1000))")
    }
    let stream = try ZipEntryStream(entry, of: file, part: FilePart(url, "the array '\(excerpt(name))'"))
    let array = Result { try NPYHeader.layout(from: stream).array(from: stream) }
    // Of bytes that are damaged, what they make of the array says little.
    try stream.finish()
    let numbers = try array.get()
    FileWatch.tell(url, numbers.shape, "npz, \(name): \(numbers.elementType)")
    return numbers
  }
}
