import CImageFiles
import Foundation
import Support

/// Reads PNG and JPEG files.
public struct PictureReader: Sendable {
  /// The most pixels that are decoded: a file with more is refused before, since a small file can hold an image of any
  /// size.
  public var pixelLimit: Int
  /// What is called with the fault of a file that can be read all the same.
  public var warn: @Sendable (_ file: URL, _ warning: String) -> Void

  /// The default of ``pixelLimit``.
  public static let defaultPixelLimit = 100_000_000

  /// Writes warnings to standard error, one for each file.
  public static let warnOnStandardError: @Sendable (URL, String) -> Void = { PictureWarnings.shared.tell($0, $1) }

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - pixelLimit: the most pixels that are decoded.
  ///   - warn: what is called with the fault of a file that can be read all the same.
  public init(
    pixelLimit: Int = defaultPixelLimit,
    warn: @escaping @Sendable (_ file: URL, _ warning: String) -> Void = PictureReader.warnOnStandardError
  ) {
    self.pixelLimit = pixelLimit
    self.warn = warn
  }

  /// Reads an image as it is to be seen: with the colors of its palette, and upright as its Exif orientation says.
  ///
  /// PNG and JPEG are told apart by their first bytes.
  ///
  /// - Throws: `FileError` for a file that is missing, empty, truncated, too large, or neither.
  public func picture(at url: URL) throws -> Picture { try picture(Self.data(at: url), from: url) }

  /// Reads an image from the bytes of a file, as ``picture(at:)`` does.
  ///
  /// - Parameters:
  ///   - data: the bytes of the file.
  ///   - url: the address that errors and warnings name.
  /// - Throws: `FileError` for bytes that are empty, truncated, too many, or neither.
  public func picture(_ data: Data, from url: URL) throws -> Picture {
    switch try Self.format(of: data, url) {
    case .png: try decoded(data, url, Exif.orientation(ofPNG: data), by: ci_read_png)
    case .jpeg: try decoded(data, url, Exif.orientation(ofJPEG: data), by: ci_read_jpeg)
    }
  }

  /// Reads the samples of a PNG file as they are stored, for ground truth: a palette gives its indices, and gray of
  /// 1, 2 or 4 bits its numbers from 0 to 1, 3 or 15. The Exif orientation is applied.
  ///
  /// - Throws: `FileError` as ``picture(at:)`` does, and for a JPEG file, in which values are not kept.
  public func storedSamples(at url: URL) throws -> Picture { try storedSamples(Self.data(at: url), from: url) }

  /// Reads the samples of a PNG file from its bytes, as ``storedSamples(at:)`` does.
  ///
  /// - Parameters:
  ///   - data: the bytes of the file.
  ///   - url: the address that errors and warnings name.
  /// - Throws: `FileError` as ``storedSamples(at:)`` does.
  public func storedSamples(_ data: Data, from url: URL) throws -> Picture {
    guard try Self.format(of: data, url) == .png else {
      throw FileError(url, "is a JPEG image, which does not keep values: ground truth has to be PNG")
    }
    return try decoded(data, url, Exif.orientation(ofPNG: data), by: ci_read_png_samples)
  }

  // MARK: Decoding

  private enum Format {
    case png
    case jpeg
  }

  private typealias Decoder = (
    UnsafePointer<UInt8>?, Int, Int, UnsafeMutablePointer<ci_picture>?, UnsafeMutablePointer<ci_message>?
  ) -> ci_status

  private static func data(at url: URL) throws -> Data {
    do { return try Data(contentsOf: url) } catch {
      throw FileError.unreadable(url)
    }
  }

  private static func format(of data: Data, _ url: URL) throws -> Format {
    guard !data.isEmpty else { throw FileError(url, "is empty") }
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return .png }
    guard data.starts(with: [0xFF, 0xD8]) else { throw FileError(url, "is neither a PNG nor a JPEG image") }
    return .jpeg
  }

  /// The most pixels that a byte of a file can hold: deflate repeats 258 bytes for two bits, of which each has eight
  /// pixels of one bit.
  private static let pixelsPerByte = 258 * 4 * 8

  private func decoded(_ data: Data, _ url: URL, _ orientation: Orientation, by decode: Decoder) throws -> Picture {
    var picture = ci_picture()
    var message = ci_message()
    // A header that claims more than the file can hold is not believed.
    let justified = data.count * Self.pixelsPerByte
    let status = data.withUnsafeBytes { bytes in
      decode(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, max(0, min(pixelLimit, justified)), &picture,
        &message)
    }
    switch status {
    case ci_success: break
    case ci_too_large: throw tooLarge(picture, url, fileSize: data.count)
    case ci_unsupported: throw FileError(url, "is an image of a kind that is not read: \(message.string)")
    default: throw FileError(url, "is a damaged image: \(message.string)")
    }
    defer { ci_free(picture.samples) }
    if !message.string.isEmpty { warn(url, message.string) }
    let decoded = Picture(picture).turned(orientation)
    FileWatch.tell(
      url, [decoded.height, decoded.width],
      "\(data.first == 0xFF ? "JPEG" : "PNG"), \(decoded.bitDepth) bits, \(decoded.channels) channel\(decoded.channels == 1 ? "" : "s")"
    )
    return decoded
  }

  private func tooLarge(_ picture: ci_picture, _ url: URL, fileSize: Int) -> FileError {
    let size = "\(picture.height)×\(picture.width)"
    guard Int(picture.height) * Int(picture.width) > pixelLimit else {
      return FileError(url, "is a damaged image: its header says \(size), which \(fileSize) bytes cannot hold")
    }
    return FileError(url, "is \(size), more than the limit of \(pixelLimit) pixels (data.pixelLimit, or --pixel-limit)")
  }
}

extension Picture {
  /// Copies what C decoded.
  fileprivate init(_ picture: ci_picture) {
    let (width, height, channels) = (Int(picture.width), Int(picture.height), Int(picture.channels))
    func copied<Sample>(as type: Sample.Type) -> [Sample] {
      Array(
        UnsafeBufferPointer(
          start: picture.samples.assumingMemoryBound(to: type), count: width * height * channels))
    }
    self.init(
      width: width, height: height, channels: channels,
      samples: picture.bits == 16 ? .bits16(copied(as: UInt16.self)) : .bits8(copied(as: UInt8.self)))
  }
}
