import FileBytes
import Foundation
import ScientificFiles
import Support
import TestSupport
import Testing

@Suite struct NPZTests {
  private let content = NPYBytes(description: "<i2", shape: "(2,)", content: [1, 0, 2, 0]).bytes

  private func archive(_ change: (inout ZipBytes.Entry) -> Void = { _ in }) -> ZipBytes {
    var entry = ZipBytes.Entry(name: "a.npy", content: content)
    change(&entry)
    return ZipBytes([entry])
  }

  @Test(arguments: ["stored", "deflated"]) func readsWhatNumPyWrites(_ kind: String) throws {
    let record = try Resource.expected()["npz/\(kind)"]
    let file = try NPZFile(contentsOf: Resource.url("npz/\(kind).npz"))
    #expect(file.names == record["keys"].array.map(\.string))
    #expect(try file.array("first").doubles() == record["first"].doubles)
    #expect(try file.array("second").integers() == record["second"].ints)
    let single = try file.array("nested_name_3")
    #expect(single.shape == [] && single.integers() == [record["nested_name_3"].int])
  }

  @Test(arguments: [0, 8], [false, true]) func zip64AndOthers(_ method: Int, _ isZip64: Bool) throws {
    let big = NPYBytes(description: "|u1", shape: "(200000,)", content: (0..<200_000).map { UInt8($0 % 251) }).bytes
    var zip = ZipBytes([
      .init(name: "a.npy", content: content, method: method), .init(name: "read.me", content: [1, 2, 3]),
      .init(name: "größe.npy", content: big, method: method),
    ])
    (zip.isZip64, zip.comment) = (isZip64, Array("PK\u{5}\u{6}".utf8))
    try withFile(zip.bytes) { url in
      let file = try NPZFile(contentsOf: url)
      #expect(file.names == ["a", "größe"])
      #expect(try file.array("a") == NumericArray(shape: [2], elements: .int16([1, 2])))
      #expect(try file.array("größe").integers() == (0..<200_000).map { $0 % 251 })
      #expect { try file.array("read.me") } throws: { "\($0)".contains("has no array 'read.me': it has a, größe") }
    }
  }

  @Test func emptyArchivesHaveNothing() throws {
    try withFile(ZipBytes([]).bytes) { url in
      let file = try NPZFile(contentsOf: url)
      #expect(file.names.isEmpty)
      #expect { try file.array("a") } throws: { "\($0)".contains("has no array 'a': it has none") }
    }
  }

  @Test func ofTwoWithOneNameTheLastIsMeant() throws {
    let other = NPYBytes(description: "|u1", shape: "()", content: [9]).bytes
    let zip = ZipBytes([.init(name: "a.npy", content: content), .init(name: "a.npy", content: other)])
    try withFile(zip.bytes) { url in
      let file = try NPZFile(contentsOf: url)
      #expect(try file.names == ["a"] && file.array("a").integers() == [9])
    }
  }

  @Test func entriesThatAreWrongSayWhatIs() throws {
    let shorter = Array(content.dropLast())
    let cases: [(ZipBytes, String)] = [
      (archive { $0.checksum = 7 }, "its checksum is not that of its content"),
      (archive { ($0.checksum, $0.method) = (7, 8) }, "its checksum is not that of its content"),
      (archive { $0.content += [0] }, ""), (archive { ($0.content, $0.method) = ($0.content + [0], 8) }, ""),
      (archive { $0.method = 12 }, "is compressed by method 12"), (archive { $0.flags = 1 }, "is encrypted"),
      (archive { $0.claimedCount = $0.content.count + 1 }, "bytes are stored in"),
      (archive { ($0.claimedCount, $0.method) = ($0.content.count + 1, 8) }, "hold fewer bytes than it says"),
      (archive { ($0.claimedCount, $0.method) = ($0.content.count - 1, 8) }, "hold more bytes than it says"),
      (
        archive { ($0.content, $0.claimedCount, $0.method) = (content + [0], content.count, 8) },
        "hold more bytes than it says"
      ),
      (archive { ($0.claimedCount, $0.method) = (1 << 31, 8) }, "cannot hold the 2147483648"),
      (archive { $0.content = shorter }, "values are missing"),
      (archive { $0.content = [1, 2] }, "is not an npy file"),
    ]
    for (zip, reason) in cases {
      let result = try withFile(zip.bytes) { url in Result { try NPZFile(contentsOf: url).array("a") } }
      guard !reason.isEmpty else {
        #expect(try result.get().integers() == [1, 2])
        continue
      }
      #expect("\(reason)") { try result.get() } throws: {
        $0 is FileError && "\($0)".contains("/file: the array 'a' ") && "\($0)".contains(reason)
      }
    }
  }

  @Test func archivesThatAreCutOffAreErrors() throws {
    for isZip64 in [false, true] {
      var zip = archive()
      zip.isZip64 = isZip64
      let bytes = zip.bytes
      for count in 1..<bytes.count {
        #expect(throws: FileError.self, "\(count)") {
          try withFile(Array(bytes[..<count])) { try NPZFile(contentsOf: $0) }
        }
      }
      // Without its start, the directory's places are wrong.
      #expect(throws: FileError.self) {
        try withFile(Array(bytes.dropFirst(3))) { try NPZFile(contentsOf: $0).array("a") }
      }
    }
  }
}
