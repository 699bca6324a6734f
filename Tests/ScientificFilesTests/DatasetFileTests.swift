import Foundation
import ScientificFiles
import TestSupport
import Testing

/// Files in the forms of public data sets, compared with what NumPy and SciPy read.
@Suite struct DatasetFileTests {
  @Test func everyArrayIsWhatNumPyAndSciPyRead() throws {
    let expected = try Resource.expected("datasets/expected.json")
    let files = try Resource.files(in: "datasets", endings: ["npy", "npz", "mat"])
    #expect(files.count == 39 && Set(files.map(\.lastPathComponent)) == Set(expected.keys))
    for url in files {
      let record = expected[url.lastPathComponent]
      for (name, array) in try arrays(url, record.keys) {
        check(array, record[name], "\(url.lastPathComponent) \(name)")
      }
    }
  }

  private func arrays(_ url: URL, _ names: [String]) throws -> [(String, NumericArray)] {
    switch url.pathExtension {
    case "npy": return [("", try NPYFile(contentsOf: url).array())]
    case "npz":
      let file = try NPZFile(contentsOf: url)
      #expect(file.names.sorted() == names)
      return try names.map { ($0, try file.array($0)) }
    default:
      let file = try MATFile(contentsOf: url)
      return try names.map { ($0, try file.array($0)) }
    }
  }

  private func check(_ array: NumericArray, _ record: Reference, _ what: String) {
    #expect(array.shape == record["shape"].ints, "\(what)")
    #expect(array.elementType.rawValue == record["type"].string, "\(what)")
    let values = array.doubles()
    let present = values.enumerated().filter { !$0.element.isNaN }
    #expect(values.count - present.count == record["nan"].int, "\(what)")
    let sum = present.reduce(0) { $0 + $1.element }
    let weighted = present.reduce(0) { $0 + $1.element * Double($1.offset % 97 + 1) }
    for (found, name) in [(sum, "sum"), (weighted, "weighted")] {
      let wanted = record[name].double
      #expect(abs(found - wanted) <= 1e-9 * max(1, abs(wanted)), "\(what): \(name) is \(found), not \(wanted)")
    }
  }
}
