/// A MATLAB file of version 5, written byte by byte.
public struct MATBytes: Sendable {
  public var isBigEndian = false
  public var isCompressed = false
  public var variables: [[UInt8]] = []

  public init(isBigEndian: Bool = false, isCompressed: Bool = false, variables: [[UInt8]] = []) {
    (self.isBigEndian, self.isCompressed, self.variables) = (isBigEndian, isCompressed, variables)
  }

  public var bytes: [UInt8] {
    let text = Array("MATLAB 5.0 MAT-file".utf8)
    let start = text + [UInt8](repeating: 0x20, count: 124 - text.count)
    return start + number(0x0100, 2) + Array((isBigEndian ? "MI" : "IM").utf8)
      + variables.flatMap { isCompressed ? compressed($0) : $0 }
  }

  public func number(_ value: Int, _ size: Int) -> [UInt8] {
    let bytes = ZipBytes.little(value, size)
    return isBigEndian ? bytes.reversed() : bytes
  }

  /// An element with its padding.
  public func element(_ type: Int, _ content: [UInt8]) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
    return number(type, 4) + number(content.count, 4) + content + padding
  }

  /// An element of at most four bytes within its tag.
  public func small(_ type: Int, _ content: [UInt8]) -> [UInt8] {
    number(content.count << 16 | type, 4) + content + [UInt8](repeating: 0, count: 4 - content.count)
  }

  public func matrix(
    _ name: String = "", class number: Int, flags: Int = 0, shape: [Int], _ content: [UInt8]
  ) -> [UInt8] {
    element(
      14,
      element(6, self.number(flags << 8 | number, 4) + self.number(0, 4))
        + element(5, shape.flatMap { self.number($0, 4) }) + element(1, Array(name.utf8)) + content)
  }

  /// Numbers of two bytes.
  public func shorts(_ values: [Int]) -> [UInt8] { element(3, values.flatMap { number($0, 2) }) }

  private func compressed(_ variable: [UInt8]) -> [UInt8] {
    let stream = [0x78, 0x01] + ZipBytes.deflated(variable) + ZipBytes.adler(variable)
    return number(15, 4) + number(stream.count, 4) + stream
  }
}
