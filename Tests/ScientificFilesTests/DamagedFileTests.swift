import FileBytes
import Foundation
import ScientificFiles
import Support
import TestSupport
import Testing

/// Files that are damaged, each of which has to give an error that names it, and the cause.
@Suite struct DamagedFileTests {
  @Test func everyBrokenFileSaysWhatIsWrong() throws {
    let causes = [
      "short.npy": "takes 48 bytes, but 39 follow: values are missing", "magic.npy": "is not an npy file",
      "pickled.npy": "describes Python objects (|O), which are not read",
      "missing_key.npz": "has no array 'depth': it has something_else", "corrupt.npz": "is damaged",
      "truncated.mat": "ends early", "v73.mat": "python3 script/convert-mat73 /",
      "wrong_variable.mat": "has no variable 'LabelMap': it has Labels",
    ]
    #expect(try Resource.expected("broken/expected.json").keys == causes.keys.sorted())
    for (name, cause) in causes {
      let url = Resource.url("broken/\(name)")
      #expect("\(name)") { try readAsked(url) } throws: { error in
        error is FileError && "\(error)".hasPrefix("\(url.path): ") && "\(error)".contains(cause)
      }
    }
  }

  /// Reads what a data set would ask for.
  private func readAsked(_ url: URL) throws {
    switch url.pathExtension {
    case "npy": _ = try NPYFile(contentsOf: url).array()
    case "npz":
      let file = try NPZFile(contentsOf: url)
      for name in file.names { _ = try file.array(name) }
      _ = try file.array("depth")
    default: _ = try MATFile(contentsOf: url).array("LabelMap")
    }
  }

  private func readAll(_ url: URL, as kind: String) throws -> Int {
    switch kind {
    case "npy": return try NPYFile(contentsOf: url).array().doubles().count
    case "npz":
      let file = try NPZFile(contentsOf: url)
      return try file.names.reduce(0) { try $0 + file.array($1).floats().count }
    default:
      let file = try MATFile(contentsOf: url)
      return try file.names.reduce(0) { try $0 + count(of: file.value($1)) }
    }
  }

  private func count(of value: MATValue) -> Int {
    switch value {
    case .numeric(let array): array.doubles().count
    case .characters(let rows): rows.count
    case .cell(let cells): cells.values.reduce(0) { $0 + count(of: $1) }
    case .structure(let structure):
      structure.fieldNames.reduce(0) { sum, name in structure[name]!.reduce(sum) { $0 + count(of: $1) } }
    }
  }

  /// What a million inputs are in `script/fuzz`, for every test run.
  @Test(arguments: ["npy", "npz", "mat"]) func changedFilesAreReadOrRefused(_ kind: String) throws {
    let files =
      try ["npy", "npz", "mat5", "datasets", "broken"].flatMap { try Resource.files(in: $0, endings: [kind]) }
      .map { [UInt8](try Data(contentsOf: $0)) }
    #expect(files.count > 5)
    var generator = SeededGenerator(keys: 5, UInt64(kind.utf8.last!))
    var refusals = 0
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("file.\(kind)")
      for _ in 0..<2000 {
        var bytes = files.randomElement(using: &generator)!
        for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes, using: &generator) }
        try Data(bytes).write(to: url)
        do { _ = try readAll(url, as: kind) } catch {
          refusals += 1
          #expect(error is FileError && "\(error)".contains(url.path), "\(error)")
        }
      }
    }
    #expect(refusals > 400)
  }

  private func change(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
    case 2: for index in place..<min(bytes.count, place + 4) { bytes[index] = 0xFF }
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &generator)))
    default: bytes.removeSubrange(place...)
    }
  }

  /// A small file cannot make a large array.
  @Test func sizesAreComparedBeforeAnythingIsAllocated() throws {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"
    let npy = NPYBytes(header: header, content: [1]).bytes
    let mat = MATBytes()
    let tag = mat.number(14, 4) + mat.number(1 << 31, 4)
    let stream = [0x78, 0x01] + ZipBytes.deflated(tag)
    let compressed = MATBytes(variables: [mat.number(15, 4) + mat.number(stream.count, 4) + stream]).bytes
    let before = try residentBytes()
    for bytes in [
      npy, compressed, ZipBytes([.init(name: "a.npy", content: npy, method: 8, claimedCount: 1 << 40)]).bytes,
    ] {
      for kind in ["npy", "npz", "mat"] {
        #expect(throws: FileError.self) { try withFile(bytes) { try readAll($0, as: kind) } }
      }
    }
    #expect(try residentBytes() - before < 50_000_000)
  }

  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return Int(fields[1])! * 4096
  }
}
