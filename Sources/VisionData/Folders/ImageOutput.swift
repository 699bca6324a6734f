import Foundation

/// Where the images of a folder are written to: a file for each, or one file for all.
struct ImageOutput {
  private let folder: URL
  private let format: DatasetWriter.PictureFormat
  private let pack: ImagePackWriter?

  /// - Parameters:
  ///   - folder: the folder of the data set.
  ///   - format: the format of the images.
  ///   - count: the number of images.
  ///   - height: their height in pixels.
  ///   - width: their width in pixels.
  /// - Throws: `FileError` (Support) if the disk refuses.
  init(_ folder: URL, _ format: DatasetWriter.PictureFormat, count: Int, height: Int, width: Int) throws {
    self.folder = folder
    self.format = format
    pack =
      format == .packed
      ? try ImagePackWriter(folder.appendingPathComponent(Self.packName), count: count, height: height, width: width)
      : nil
  }

  private static let packName = "images/all.npy"

  /// Writes the next image.
  ///
  /// - Returns: the entry of the sample, which names the image alone.
  func write(_ picture: Picture, _ position: Int) throws -> DatasetIndex.Entry {
    let id = DatasetWriter.id(position)
    guard let pack else {
      let path = "images/\(id).\(format.fileExtension)"
      try picture.write(to: folder.appendingPathComponent(path))
      return DatasetIndex.Entry(id: id, image: path, targets: [:])
    }
    try pack.append(picture)
    return DatasetIndex.Entry(id: id, image: Self.packName, imagePosition: position, targets: [:])
  }
}
