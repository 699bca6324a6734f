import Foundation
import Support

/// Reads the images and the files of ground truth of a data set folder.
struct TargetReader: Sendable {
  let folder: URL
  let pictures: PictureReader
  let unclearMasks: UnclearMaskReading
  /// The height and width that every file has to have, in pixels.
  let height: Int
  let width: Int
  /// The units of the depth files in a meter.
  let depthUnits: Float

  /// The address of a file.
  ///
  /// - Parameter path: the file's path, relative to the folder.
  func url(_ path: String) -> URL { folder.appendingPathComponent(path) }

  /// Reads an image as three channels.
  func image(at path: String) throws -> PixelMap {
    let picture = try pictures.picture(at: url(path))
    try checkSize(picture, url(path))
    return PixelMap(picture)
  }

  /// Reads the samples of a file as they are stored; in a file with a palette, they are the palette's indices.
  ///
  /// - Parameters:
  ///   - path: the file's path, relative to the folder.
  ///   - task: the task whose ground truth the file holds.
  ///   - channels: the number of channels that the file has to have.
  ///   - needsWords: whether the file has to have 16 bits a sample.
  /// - Throws: `FileError` for a file that is missing, damaged, or of another size or depth.
  func file(at path: String, of task: VisionTask, channels: Int, needsWords: Bool) throws -> TargetFile {
    let url = url(path)
    let picture = try pictures.storedSamples(at: url)
    try checkSize(picture, url)
    guard picture.channels == channels else {
      throw FileError(url, "has \(picture.channels) channels, but \(channels) are expected")
    }
    guard !needsWords || picture.bitDepth == 16 else {
      throw FileError(url, "has \(picture.bitDepth) bits a sample, but 16 are expected")
    }
    return TargetFile(
      url: url, task: task, unclearMasks: unclearMasks, depthUnits: depthUnits, numbers: PixelMap(samplesOf: picture, channels: picture.channels))
  }

  private func checkSize(_ picture: Picture, _ url: URL) throws {
    guard picture.height == height, picture.width == width else {
      throw FileError(
        url, "is \(picture.height)×\(picture.width), but the data set's images are \(height)×\(width)")
    }
  }
}
