import Foundation
import Support
import VisionData

/// An image that a network predicts from, with its depth if the network takes it.
public struct InputImage: Sendable {
  /// The colors.
  public let picture: Picture
  /// The depth in meters, zero where nothing was measured; nil if it is not known.
  public let depth: PixelMap?
  /// What errors call the depth: the path of its file, if it was read from one.
  private(set) var depthName = "the depth of the image"

  /// Creates an image. Depth of more than one channel, or of another size than the colors, stops the process.
  public init(_ picture: Picture, depth: PixelMap? = nil) {
    if let depth {
      require(
        depth.channels == 1 && depth.height == picture.height && depth.width == picture.width,
        "depth of \(depth.channels)×\(depth.height)×\(depth.width) does not belong to an image of \(picture.height)×\(picture.width)"
      )
    }
    self.picture = picture
    self.depth = depth
  }

  /// Reads an image.
  ///
  /// - Parameters:
  ///   - url: a PNG or JPEG file.
  ///   - depth: a gray PNG file of 16 bits, in tenths of a millimeter; nil if depth is not known.
  ///   - reader: the reader of both.
  /// - Throws: `FileError` for a file that cannot be read, and for depth of another size than the colors.
  public init(contentsOf url: URL, depth: URL? = nil, reader: PictureReader = PictureReader()) throws {
    let picture = try reader.picture(at: url)
    guard let depth else {
      self.init(picture)
      return
    }
    let map = try reader.depth(at: depth)
    guard map.height == picture.height, map.width == picture.width else {
      throw FileError(
        depth,
        "is \(map.height)×\(map.width), but the image \(url.lastPathComponent), whose depth it holds, is \(picture.height)×\(picture.width)"
      )
    }
    self.init(picture, depth: map)
    depthName = depth.path
  }

  /// Colors from 0 to 1, and in a fourth channel depth if it is known.
  var sample: Sample {
    let colors = PixelMap(picture)
    guard let depth else { return Sample(image: colors, targets: [:]) }
    return Sample(image: colors.appending(depth), depthChannel: 3, targets: [:])
  }
}
