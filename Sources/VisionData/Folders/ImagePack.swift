import Foundation
import ScientificFiles
import Support

/// The images of a data set folder in one file: an array of NumPy, images × height × width × 3, of bytes.
///
/// Small images are read from it many times faster than from files of their own. Only what is asked for is read.
struct ImagePack: Sendable {
  private let file: NPYFile

  /// Opens a file.
  ///
  /// - Throws: `FileError` for a file that is missing or damaged, or holds something else than images of this size.
  init(_ url: URL, height: Int, width: Int) throws {
    file = try NPYFile(contentsOf: url)
    guard file.elementType == .uint8, file.shape.count == 4, file.shape.dropFirst() == [height, width, 3] else {
      throw FileError(
        url,
        "holds numbers of the type \(file.elementType) and the shape \(file.shape), but uint8 and [images, \(height), \(width), 3] are expected"
      )
    }
  }

  /// The number of images.
  var count: Int { file.shape[0] }

  /// Reads an image.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  func image(at position: Int) throws -> PixelMap {
    let array = try file.array(at: position)
    guard case .uint8(let bytes) = array.elements else { fatalError("images of \(array.elementType)") }
    return PixelMap(Picture(width: array.shape[1], height: array.shape[0], channels: 3, samples: .bits8(bytes)))
  }
}
