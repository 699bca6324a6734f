import Support

/// What tells MATLAB files of different versions apart.
enum MATFileHeader {
  /// The bytes before the first variable.
  static let count = 128

  private static let hdf5Signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The byte order of a file of version 5.
  ///
  /// - Throws: `FileError` for others; for HDF5 it names the command that converts it.
  static func byteOrder(of file: OpenFile) throws -> ByteOrder {
    let start = try file.bytes(0..<min(file.count, 520))
    guard !isHDF5(start) else { throw FileError(file.url, advice(for: file.url.path)) }
    guard start.count >= count else {
      throw FileError(
        file.url, "ends early: a MATLAB file of version 5 starts with 128 bytes, and this has \(start.count)")
    }
    let order: ByteOrder? =
      switch (start[126], start[127]) {
      case (UInt8(ascii: "I"), UInt8(ascii: "M")): .little
      case (UInt8(ascii: "M"), UInt8(ascii: "I")): .big
      default: nil
      }
    guard let order, order.number(start, at: 124, as: UInt16.self) == 0x0100 else {
      throw FileError(
        file.url, "is not a MATLAB file of version 5: save it in MATLAB with -v7, or in Python with scipy.io.savemat")
    }
    return order
  }

  private static func isHDF5(_ start: [UInt8]) -> Bool {
    start.starts(with: Array("MATLAB 7.3".utf8)) || start.starts(with: hdf5Signature)
      || start.dropFirst(512).starts(with: hdf5Signature)
  }

  private static func advice(for path: String) -> String {
    "is a MATLAB file of version 7.3 (HDF5), which is not read: convert it once with `python3 "
      + "script/convert-mat73 \(excerpt(quotedForShell(path), limit: 600)) FOLDER` (it needs the Python packages h5py, "
      + "numpy, scipy and pillow)"
  }
}
