import Foundation
import Support

/// An array in a file of NumPy's format npy, of version 1 to 3: of booleans, integers or floats of any byte order, in C or
/// Fortran order.
///
/// Opening it reads the header alone. Bytes behind the array are left: several arrays may have been saved to one file, of
/// which this is the first.
///
/// - Source: NumPy Enhancement Proposal 1, *A Simple File Format for NumPy Arrays*.
public struct NPYFile: Sendable {
  /// The file.
  public let url: URL
  private let file: OpenFile
  private let layout: ArrayLayout
  /// Where the numbers start.
  private let start: Int

  /// Opens a file and reads its header.
  ///
  /// - Throws: `FileError` for a file that is missing, is none of this format, has fewer values than its header says, or
  ///   holds something else than numbers.
  public init(contentsOf url: URL) throws {
    self.url = url
    file = try OpenFile(url)
    let stream = FileStream(file)
    layout = try NPYHeader.layout(from: stream)
    start = stream.position
  }

  /// The sizes of all dimensions; empty for a single number.
  public var shape: [Int] { layout.shape }

  /// The type of the numbers.
  public var elementType: ElementType { layout.type }

  /// Reads the numbers.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  /// - Complexity: O(n); of the machine's byte order and in C order, the bytes are read to where they stay.
  public func array() throws -> NumericArray {
    FileWatch.tell(url, shape, "npy, \(elementType)")
    return try layout.array(from: FileStream(file, start..<file.count))
  }

  /// Returns what a file starts with, before numbers in row-major order and of little endian byte order.
  ///
  /// - Parameters:
  ///   - type: the type of the numbers.
  ///   - shape: the sizes of all dimensions.
  public static func header(of type: ElementType, shape: [Int]) -> Data {
    Data(NPYHeader.bytes(of: type, shape: shape))
  }

  /// Reads some of the numbers: the array at a position of the first dimension.
  ///
  /// - Parameter position: below the size of the first dimension, which there has to be.
  /// - Throws: `FileError` if the file cannot be read, or has Fortran order, in which such an array is scattered.
  /// - Complexity: O(n) in the size of the part.
  public func array(at position: Int) throws -> NumericArray {
    require(
      !shape.isEmpty && (0..<shape[0]).contains(position), "position \(position) of an array of the shape \(shape)")
    let part = ArrayLayout(
      type: layout.type, shape: Array(shape.dropFirst()), byteOrder: layout.byteOrder, isColumnMajor: false)!
    guard !layout.isColumnMajor || shape.count == 1 else {
      throw FileError(url, "has Fortran order, but C order is expected")
    }
    let first = start + position * part.byteCount
    return try part.array(from: FileStream(file, first..<(first + part.byteCount)))
  }
}
