import CImageFiles
import Foundation
import Support
import Torch

/// A decoded image: rows × columns × channels of 8 or 16 bits.
public struct Picture: Sendable, Equatable {
  /// The numbers of all pixels, row by row, the channels of a pixel side by side.
  public enum Samples: Sendable, Equatable {
    /// Numbers of 8 bits, from 0 to 255.
    case bits8([UInt8])
    /// Numbers of 16 bits, from 0 to 65535.
    case bits16([UInt16])

    var count: Int {
      switch self {
      case .bits8(let values): values.count
      case .bits16(let values): values.count
      }
    }
  }

  /// The width in pixels.
  public let width: Int
  /// The height in pixels.
  public let height: Int
  /// The number of channels: one for gray, three for RGB, four for RGB with transparency.
  public let channels: Int
  /// The numbers of all pixels.
  public let samples: Samples

  /// Creates an image, whose samples have to fill its size.
  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    require(samples.count == width * height * channels, "samples do not fill \(height)×\(width)×\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// The bits of a sample: 8 or 16.
  public var bitDepth: Int {
    if case .bits16 = samples { 16 } else { 8 }
  }
}

// MARK: Files

extension Picture {
  /// Reads a PNG or JPEG file as ``PictureReader`` does by default.
  ///
  /// - Throws: `FileError` for a file that is missing, empty, truncated, too large, or neither.
  public init(contentsOf url: URL) throws { self = try PictureReader().picture(at: url) }

  /// Reads the bytes of a PNG or JPEG file as ``PictureReader`` does by default.
  ///
  /// - Parameters:
  ///   - data: the bytes of the file.
  ///   - url: the address that errors name.
  /// - Throws: `FileError` (Support) for bytes that are empty, truncated, too many, or neither.
  public init(_ data: Data, from url: URL) throws { self = try PictureReader().picture(data, from: url) }

  /// Returns the bytes of a PNG file.
  ///
  /// - Throws: `TorchError` (Torch) if the image cannot be encoded.
  public func pngData() throws -> Data { try encoded { ci_write_png($0, $1, $2, $3) } }

  /// Returns the bytes of a JPEG file. An image of 16 bits or of four channels stops the process.
  ///
  /// - Parameter quality: the quality, from 1 to 100.
  /// - Throws: `TorchError` (Torch) if the image cannot be encoded.
  public func jpegData(quality: Int = 92) throws -> Data {
    require(bitDepth == 8 && channels != 4, "JPEG has 8 bits and one or three channels")
    return try encoded { ci_write_jpeg($0, Int32(quality), $1, $2, $3) }
  }

  /// Writes a PNG or JPEG file, as the path's extension says.
  ///
  /// - Throws: `FileError` (Support) if the file cannot be written.
  public func write(to url: URL) throws {
    let isJPEG = ["jpg", "jpeg"].contains(url.pathExtension.lowercased())
    try AtomicFile.write(isJPEG ? jpegData() : pngData(), to: url)
  }

  private func encoded(
    _ encode: (
      UnsafePointer<ci_picture>, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>,
      UnsafeMutablePointer<ci_message>
    ) -> ci_status
  ) throws -> Data {
    func data(_ samples: UnsafeRawBufferPointer) throws -> Data {
      var picture = ci_picture(
        width: Int32(width), height: Int32(height), channels: Int32(channels), bits: Int32(bitDepth),
        samples: UnsafeMutableRawPointer(mutating: samples.baseAddress))
      var bytes: UnsafeMutablePointer<UInt8>?
      var count = 0
      var message = ci_message()
      guard encode(&picture, &bytes, &count, &message) == ci_success, let bytes else {
        throw TorchError("an image of \(height)×\(width) cannot be encoded: \(message.string)")
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

extension ci_message {
  var string: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
