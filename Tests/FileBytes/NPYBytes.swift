/// An npy file, written byte by byte.
public struct NPYBytes: Sendable {
  public var version = 1
  public var header: [UInt8]
  public var content: [UInt8]

  public init(version: Int = 1, header: String, content: [UInt8]) {
    (self.version, self.header, self.content) = (version, Array(header.utf8), content)
  }

  public init(version: Int = 1, description: String, shape: String, isFortran: Bool = false, content: [UInt8]) {
    let order = isFortran ? "True" : "False"
    self.init(
      version: version, header: "{'descr': '\(description)', 'fortran_order': \(order), 'shape': \(shape), }\n",
      content: content)
  }

  /// An array of one dimension of `float32`, of another shape if one is claimed.
  public init(_ numbers: [Float], shape: String? = nil) {
    self.init(
      description: "<f4", shape: shape ?? "(\(numbers.count),)",
      content: numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  public var bytes: [UInt8] {
    let length = ZipBytes.little(header.count, version == 1 ? 2 : 4)
    return [0x93] + Array("NUMPY".utf8) + [UInt8(version), 0] + length + header + content
  }
}
