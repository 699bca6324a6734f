import Foundation
import Support

/// Writes images one after another into a file that ``ImagePack`` reads.
final class ImagePackWriter {
  private let url: URL
  private let handle: FileHandle

  /// Starts a file.
  ///
  /// - Parameters:
  ///   - url: the file, which is replaced.
  ///   - count: the number of images that will follow.
  ///   - height: their height in pixels.
  ///   - width: their width in pixels.
  /// - Throws: `FileError` if the disk refuses.
  init(_ url: URL, count: Int, height: Int, width: Int) throws {
    self.url = url
    guard FileManager.default.createFile(atPath: url.path, contents: nil),
      let handle = try? FileHandle(forWritingTo: url)
    else { throw FileError(url, "cannot be written") }
    self.handle = handle
    try write(Self.header(count, height, width))
  }

  deinit { try? handle.close() }

  /// The header of an npy file of version 1, which ends at a multiple of 64 bytes.
  private static func header(_ count: Int, _ height: Int, _ width: Int) -> Data {
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(count), \(height), \(width), 3), }"
    let padding = String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count + padding.utf8.count
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    return Data(start) + Data((text + padding).utf8)
  }

  /// Adds an image of three channels of 8 bits.
  ///
  /// - Throws: `FileError` if the disk refuses.
  func append(_ picture: Picture) throws {
    guard case .bits8(let bytes) = picture.samples, picture.channels == 3 else {
      fatalError("an image of \(picture.channels) channels of \(picture.bitDepth) bits in a pack")
    }
    try write(Data(bytes))
  }

  private func write(_ data: Data) throws {
    do { try handle.write(contentsOf: data) } catch { throw FileError(url, "cannot be written: \(error)") }
  }
}
