import Support

/// A range of a file's bytes.
final class FileStream: ByteStream {
  let part: FilePart
  private let file: OpenFile
  private(set) var position: Int
  private let end: Int

  /// - Parameters:
  ///   - range: lies within the file; all of it when left out.
  ///   - part: what errors are about; the file itself when left out.
  init(_ file: OpenFile, _ range: Range<Int>? = nil, part: FilePart? = nil) {
    let range = range ?? 0..<file.count
    require(range.lowerBound >= 0 && range.upperBound <= file.count, "\(range) is not within \(file.count) bytes")
    self.file = file
    self.part = part ?? FilePart(file.url)
    position = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - position }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try requireRemaining(buffer.count)
    try file.read(into: buffer, at: position)
    position += buffer.count
  }
}
