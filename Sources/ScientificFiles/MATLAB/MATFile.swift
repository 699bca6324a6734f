import Foundation
import Support

/// Named variables in a MATLAB file of version 5 (what MATLAB saves with `-v6` and `-v7`): numbers, logical values,
/// characters, cell arrays and structures, compressed or not, of either byte order.
///
/// Opening it reads the variables' names; a variable is read when it is asked for. Files of version 7.3, which are HDF5,
/// are recognized, and the error says how to convert them.
///
/// - Source: The MathWorks, *MAT-File Format*, version 5.
public struct MATFile: Sendable {
  /// The file.
  public let url: URL
  /// The names of the variables, in the file's order.
  public let names: [String]
  private let file: OpenFile
  private let byteOrder: ByteOrder
  private let variables: [String: MATVariable]

  /// Opens a file and reads the names of its variables.
  ///
  /// - Throws: `FileError` for a file that is missing, is none of this version, or ends early.
  public init(contentsOf url: URL) throws {
    self.url = url
    file = try OpenFile(url)
    byteOrder = try MATFileHeader.byteOrder(of: file)
    var (names, variables): ([String], [String: MATVariable]) = ([], [:])
    for variable in try MATVariable.all(in: file, byteOrder) {
      let name = try variable.name(in: file, byteOrder)
      // MATLAB keeps data of its own in variables without a name.
      guard !name.isEmpty else { continue }
      if variables.updateValue(variable, forKey: name) == nil { names.append(name) }
    }
    (self.names, self.variables) = (names, variables)
  }

  /// Reads a variable.
  ///
  /// - Throws: `FileError` if there is no such variable, or it is damaged, complex, sparse, an object, or a function.
  public func value(_ name: String) throws -> MATValue {
    guard let variable = variables[name] else {
      let present = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
      throw FileError(url, "has no variable '\(excerpt(name))': \(excerpt(present, limit: 1000))")
    }
    let part = FilePart(url, "the variable '\(excerpt(name))'")
    var parser = MATParser(try variable.content(in: file, byteOrder, part: part), byteOrder, part)
    let value = try parser.matrix()
    FileWatch.tell(
      url, value.array?.shape ?? [], "mat, \(name): \(value.array.map { "\($0.elementType)" } ?? value.kind)")
    return value
  }

  /// Reads a variable of numbers.
  ///
  /// - Throws: `FileError` as ``value(_:)`` does, and if the variable does not hold numbers.
  public func array(_ name: String) throws -> NumericArray {
    let value = try value(name)
    guard let array = value.array else {
      throw FileError(url, "the variable '\(excerpt(name))' holds \(value.kind): numbers are expected")
    }
    return array
  }
}
