import Foundation
import Support

extension PictureReader {
  /// Reads the depth that belongs to an image from a file as data set folders hold it: a gray PNG file of 16 bits, in
  /// tenths of a millimeter.
  ///
  /// - Returns: depth in meters, with one channel, and zero where nothing was measured.
  /// - Throws: `FileError` for a file that is missing, damaged, or holds something else.
  public func depth(at url: URL) throws -> PixelMap {
    let picture = try storedSamples(at: url)
    guard picture.channels == 1, case .bits16(let samples) = picture.samples else {
      throw FileError(
        url,
        "has \(picture.channels) channels of \(picture.bitDepth) bits, but depth is a gray PNG file of 16 bits, in tenths of a millimeter"
      )
    }
    return PixelMap(
      channels: 1, height: picture.height, width: picture.width,
      values: samples.map { Float($0) / DatasetIndex.depthUnitsPerMeter })
  }
}
