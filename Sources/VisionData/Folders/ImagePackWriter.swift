import Foundation
import ScientificFiles
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
    try write(NPYFile.header(of: .uint8, shape: [count, height, width, 3]))
  }

  deinit { try? handle.close() }

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
