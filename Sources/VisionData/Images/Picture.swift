import CImageFiles
import Foundation
import Torch

/// A decoded picture: rows × columns × channels of 8 or 16 bits.
public struct Picture: Sendable, Equatable {
  public enum Samples: Sendable, Equatable {
    case bits8([UInt8])
    case bits16([UInt16])

    var count: Int {
      switch self {
      case .bits8(let values): values.count
      case .bits16(let values): values.count
      }
    }
  }

  public let width: Int
  public let height: Int
  public let channels: Int
  public let samples: Samples

  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    precondition(samples.count == width * height * channels, "samples do not fill \(height)×\(width)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  public var bitDepth: Int {
    if case .bits16 = samples { 16 } else { 8 }
  }
}

// MARK: Files

extension Picture {
  /// Reads a PNG or JPEG file, told apart by their first bytes.
  ///
  /// - Throws: ``FileError`` for a file that is missing, empty, truncated, or neither.
  public init(contentsOf url: URL) throws {
    let data: Data
    do { data = try Data(contentsOf: url) } catch {
      throw FileError.unreadable(url)
    }
    guard !data.isEmpty else { throw FileError(url, "is empty") }
    try self.init(data, from: url)
  }

  /// - Parameter url: for messages.
  public init(_ data: Data, from url: URL) throws {
    let isPNG = data.starts(with: [0x89, 0x50, 0x4E, 0x47])
    guard isPNG || data.starts(with: [0xFF, 0xD8]) else { throw FileError(url, "is neither a PNG nor a JPEG picture") }
    var picture = ci_picture()
    var error = ci_error()
    // Both formats compress a thousandfold at the very most: a header that claims more is not believed.
    let largest = data.count * 8192
    let status = data.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: UInt8.self).baseAddress
      return isPNG
        ? ci_read_png(start, bytes.count, largest, &picture, &error)
        : ci_read_jpeg(start, bytes.count, largest, &picture, &error)
    }
    guard status == 0 else { throw FileError(url, "is a damaged picture: \(error.message)") }
    defer { ci_free(picture.samples) }
    let count = Int(picture.width) * Int(picture.height) * Int(picture.channels)
    let samples: Samples =
      picture.bits == 16
      ? .bits16(Array(UnsafeBufferPointer(start: picture.samples.assumingMemoryBound(to: UInt16.self), count: count)))
      : .bits8(Array(UnsafeBufferPointer(start: picture.samples.assumingMemoryBound(to: UInt8.self), count: count)))
    self.init(
      width: Int(picture.width), height: Int(picture.height), channels: Int(picture.channels), samples: samples)
  }

  public func pngData() throws -> Data { try encoded { ci_write_png($0, $1, $2, $3) } }

  /// - Parameter quality: 1 to 100.
  public func jpegData(quality: Int = 92) throws -> Data {
    precondition(bitDepth == 8 && channels != 4, "JPEG has 8 bits and one or three channels")
    return try encoded { ci_write_jpeg($0, Int32(quality), $1, $2, $3) }
  }

  /// Writes a PNG or JPEG file, as the path's extension says.
  public func write(to url: URL) throws {
    let isJPEG = ["jpg", "jpeg"].contains(url.pathExtension.lowercased())
    try AtomicFile.write(isJPEG ? jpegData() : pngData(), to: url)
  }

  private func encoded(
    _ encode: (
      UnsafePointer<ci_picture>, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>,
      UnsafeMutablePointer<ci_error>
    ) -> Int32
  ) throws -> Data {
    func data(_ samples: UnsafeRawBufferPointer) throws -> Data {
      var picture = ci_picture(
        width: Int32(width), height: Int32(height), channels: Int32(channels), bits: Int32(bitDepth),
        samples: UnsafeMutableRawPointer(mutating: samples.baseAddress))
      var bytes: UnsafeMutablePointer<UInt8>?
      var count = 0
      var error = ci_error()
      guard encode(&picture, &bytes, &count, &error) == 0, let bytes else {
        throw TorchError("a \(height)×\(width) picture cannot be encoded: \(error.message)")
      }
      defer { ci_free(bytes) }
      return Data(bytes: bytes, count: count)
    }
    return switch samples {
    case .bits8(let values): try values.withUnsafeBytes(data)
    case .bits16(let values): try values.withUnsafeBytes(data)
    }
  }
}

extension ci_error {
  fileprivate var message: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
