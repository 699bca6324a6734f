import Foundation

/// Finds the orientation that cameras write into files. An image without well-formed Exif data counts as upright.
///
/// - Source: CIPA DC-008, *Exif 2.32*, sections 4.5.4 and 4.7; *PNG Specification*, third edition, chunk `eXIf`.
enum Exif {
  private static let orientationTag = 0x0112

  /// Looks through the segments before the first scan.
  static func orientation(ofJPEG file: Data) -> Orientation {
    file.withUnsafeBytes { bytes in
      var position = 2
      while let marker = bytes.marker(at: &position), let length = bytes.bigEndian(at: position, size: 2), length >= 2 {
        let content = bytes.part(from: position + 2, count: length - 2)
        if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
          return orientation(inTIFF: content.part(from: 6, count: content.count - 6))
        }
        position += length
      }
      return .upright
    }
  }

  /// Looks through the chunks.
  static func orientation(ofPNG file: Data) -> Orientation {
    file.withUnsafeBytes { bytes in
      var position = 8
      while let length = bytes.bigEndian(at: position, size: 4) {
        let content = bytes.part(from: position + 8, count: length)
        if bytes.part(from: position + 4, count: 4).elementsEqual("eXIf".utf8) {
          return orientation(inTIFF: content)
        }
        position += 12 + length
      }
      return .upright
    }
  }

  /// - Parameter bytes: a TIFF header and the directory that it points to.
  private static func orientation(inTIFF bytes: UnsafeRawBufferPointer) -> Orientation {
    let isLittleEndian = bytes.starts(with: Array("II".utf8))
    guard isLittleEndian || bytes.starts(with: Array("MM".utf8)) else { return .upright }
    func number(_ position: Int, _ size: Int) -> Int? {
      isLittleEndian ? bytes.littleEndian(at: position, size: size) : bytes.bigEndian(at: position, size: size)
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return .upright }
    for entry in 0..<count {
      let position = directory + 2 + 12 * entry
      guard let tag = number(position, 2) else { return .upright }
      if tag == orientationTag { return number(position + 8, 2).flatMap(Orientation.init) ?? .upright }
    }
    return .upright
  }
}

extension UnsafeRawBufferPointer {
  /// As much of a part as there is.
  fileprivate func part(from start: Int, count: Int) -> UnsafeRawBufferPointer {
    let start = Swift.min(Swift.max(0, start), self.count)
    return UnsafeRawBufferPointer(rebasing: self[start..<Swift.min(self.count, start + Swift.max(0, count))])
  }

  fileprivate func bigEndian(at position: Int, size: Int) -> Int? {
    let bytes = part(from: position, count: size)
    return bytes.count == size ? bytes.reduce(0) { $0 << 8 | Int($1) } : nil
  }

  fileprivate func littleEndian(at position: Int, size: Int) -> Int? {
    let bytes = part(from: position, count: size)
    return bytes.count == size ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : nil
  }

  /// The next marker of a JPEG file that a segment follows; nil where the first scan begins, or the file ends.
  ///
  /// - Parameter position: moves behind the marker.
  fileprivate func marker(at position: inout Int) -> UInt8? {
    while position + 1 < count {
      defer { position += 1 }
      guard self[position] == 0xFF else { continue }
      switch self[position + 1] {
      case 0x00, 0x01, 0xD0...0xD8, 0xFF: continue
      case 0xD9, 0xDA: return nil
      case let marker:
        position += 1
        return marker
      }
    }
    return nil
  }
}
