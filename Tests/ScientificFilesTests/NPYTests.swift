import FileBytes
import Foundation
import ScientificFiles
import Support
import TestSupport
import Testing

@Suite struct NPYTests {
  private static let types: [String: ElementType] = [
    "b1": .bool, "u1": .uint8, "u2": .uint16, "i4": .int32, "i8": .int64, "f2": .float16, "f4": .float32,
    "f8": .float64,
  ]

  @Test func readsEveryKindOfArray() throws {
    let expected = try Resource.expected()
    let names = expected.keys.filter { $0.hasPrefix("npy/") }
    #expect(names.count == 12)
    for name in names {
      let (record, file) = (expected[name], try NPYFile(contentsOf: Resource.url("\(name).npy")))
      let array = try file.array()
      #expect(array.shape == record["shape"].ints && file.shape == array.shape, "\(name)")
      #expect(array.elementType == Self.types[String(record["descr"].string.suffix(2))], "\(name)")
      #expect(file.elementType == array.elementType, "\(name)")
      let values = record["values"].doubles
      #expect(array.count == values.count && array.doubles() == values, "\(name)")
      #expect(array.floats() == values.map { Float($0) }, "\(name)")
      #expect(array.integers() == (values.allSatisfy { $0 == $0.rounded() } ? values.map { Int($0) } : nil), "\(name)")
    }
  }

  @Test(arguments: [1, 2, 3]) func versionsDifferInTheirLength(_ version: Int) throws {
    let bytes = NPYBytes(version: version, description: "<i2", shape: "(3,)", content: [1, 0, 2, 0, 255, 255]).bytes
    let array = try withFile(bytes) { try NPYFile(contentsOf: $0).array() }
    #expect(array == NumericArray(shape: [3], elements: .int16([1, 2, -1])))
  }

  @Test func everyTypeHasItsNumbersInBothByteOrders() throws {
    let patterns: [(String, [UInt8], NumericArray.Elements)] = [
      ("b1", [2], .bool([true])), ("i1", [0xFE], .int8([-2])), ("u1", [0xFE], .uint8([254])),
      ("i2", [0xFF, 0x01], .int16([-255])), ("u2", [0xFF, 0x01], .uint16([0xFF01])),
      ("i4", [0xFF, 0, 0, 1], .int32([-16_777_215])), ("u4", [0xFF, 0, 0, 1], .uint32([0xFF00_0001])),
      ("i8", [0xFF, 0, 0, 0, 0, 0, 0, 1], .int64([-72_057_594_037_927_935])),
      ("u8", [0xFF, 0, 0, 0, 0, 0, 0, 1], .uint64([0xFF00_0000_0000_0001])), ("f2", [0xC1, 0], .float16([-2.5])),
      ("f4", [0xC0, 0x20, 0, 0], .float32([-2.5])), ("f8", [0xC0, 0x04, 0, 0, 0, 0, 0, 0], .float64([-2.5])),
    ]
    #expect(patterns.count == ElementType.allCases.count)
    for (type, bigEndian, elements) in patterns {
      for (order, content) in [(">", bigEndian), ("<", bigEndian.reversed())] {
        let bytes = NPYBytes(description: order + type, shape: "()", content: content).bytes
        let array = try withFile(bytes) { try NPYFile(contentsOf: $0).array() }
        #expect(array.shape == [] && array.elements == elements, "\(order)\(type)")
        #expect(array.elementType.byteCount == content.count)
      }
    }
  }

  @Test func fortranOrderOfAnyRank() throws {
    // The element at (i, j, k, l) of 3 × 40 × 1 × 35 is its position in row-major order.
    let shape = [3, 40, 1, 35]
    var content: [UInt8] = []
    for l in 0..<35 {
      for j in 0..<40 {
        for i in 0..<3 {
          let value = (i * 40 + j) * 35 + l
          content += [UInt8(value & 255), UInt8(value >> 8)]
        }
      }
    }
    let bytes = NPYBytes(description: "<u2", shape: "(3, 40, 1, 35)", isFortran: true, content: content).bytes
    let array = try withFile(bytes) { try NPYFile(contentsOf: $0).array() }
    #expect(array.shape == shape && array.integers() == Array(0..<(3 * 40 * 35)))
  }

  @Test func headersMayBeWrittenInOtherWays() throws {
    for header in [
      "{'shape':(2L,),'fortran_order':False,'descr':'|u1'}",
      "{\"fortran_order\": True, \"descr\": \"=u1\", \"shape\": (2,)}\n",
      " { 'descr' : '<u1' , 'shape' : ( 2 , ) , 'fortran_order' : False , } \n ",
    ] {
      let bytes = NPYBytes(header: header, content: [7, 8]).bytes
      #expect(try withFile(bytes) { try NPYFile(contentsOf: $0).array().integers() } == [7, 8], "\(header)")
    }
  }

  /// What follows the array is left, as when several were saved to one file.
  @Test func readsTheFirstOfSeveral() throws {
    let one = NPYBytes(description: "|u1", shape: "(2,)", content: [7, 8]).bytes
    #expect(try withFile(one + one) { try NPYFile(contentsOf: $0).array().integers() } == [7, 8])
  }

  @Test func headersThatAreWrongSayWhatIs() throws {
    let cases: [(header: String, reason: String)] = [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "takes 24 bytes, but 4 follow"),
      ("{'descr': '<f4', 'fortran_order': False}", "lacks one of"),
      ("{'descr': '<f4', 'fortran_order': 'no', 'shape': ()}", "lacks one of"),
      ("{'descr': '<c8', 'fortran_order': False, 'shape': ()}", "elements of '<c8'"),
      ("{'descr': '<U4', 'fortran_order': False, 'shape': ()}", "elements of '<U4'"),
      ("{'descr': '', 'fortran_order': False, 'shape': ()}", "elements of ''"),
      ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", "records of several fields"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': ()}", "Python objects"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "where a whole number is expected"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 0)}", "beyond any memory"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "a number of 20 digits"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}", "',' or ')' is expected"),
      ("{'descr': '<f4', 'descr': '<f4'}", "'descr' twice"), ("{'descr': '<f4", "ends within a text"),
      ("", "'{' is expected"), ("{} x", "nothing but blanks"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65)))}", "65 dimensions"),
    ]
    for (header, reason) in cases {
      #expect("\(header)") {
        try withFile(NPYBytes(header: header, content: [0, 0, 0, 0]).bytes) { try NPYFile(contentsOf: $0) }
      } throws: { $0 is FileError && "\($0)".contains("/file: has an npy header that") && "\($0)".contains(reason) }
    }
  }

  @Test func otherFilesAreNone() throws {
    for (bytes, reason) in [
      ([], "is empty"), ([0x93], "is not an npy file"),
      (Array("PK".utf8) + [3, 4, 0, 0, 0, 0, 0], "is not an npy file"),
      ([0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0], "of version 4"),
      ([0x93] + Array("NUMPY".utf8) + [1, 0, 9], "ends early"),
      ([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], "header of 4294967295 bytes"),
    ] as [([UInt8], String)] {
      #expect("\(reason)") { try withFile(bytes) { try NPYFile(contentsOf: $0) } } throws: {
        $0 is FileError && "\($0)".contains(reason)
      }
    }
    try withTemporaryFolder { folder in
      #expect { try NPYFile(contentsOf: folder) } throws: { "\($0)".contains("is not a regular file") }
      #expect { try NPYFile(contentsOf: folder.appendingPathComponent("no.npy")) } throws: {
        "\($0)".contains("no.npy: does not exist")
      }
      let pipe = folder.appendingPathComponent("pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      #expect { try NPYFile(contentsOf: pipe) } throws: { "\($0)".contains("is not a regular file") }
    }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let bytes = NPYBytes(description: "<f4", shape: "(2,)", content: [UInt8](repeating: 1, count: 8)).bytes
    try withFile(bytes) { url in
      let file = try NPYFile(contentsOf: url)
      try #require(truncate(url.path, off_t(bytes.count - 1)) == 0)
      #expect { try file.array() } throws: { $0 is FileError && "\($0)".contains("where 1 more are needed") }
    }
  }

  /// A million numbers are copied, which takes less than half a millisecond on an idle machine.
  @Test func largeArraysAreCopied() throws {
    let count = 1_000_000
    let values = (0..<count).map { Float($0) }
    let content = values.withUnsafeBytes { [UInt8]($0) }
    let bytes = NPYBytes(description: "<f4", shape: "(1000, 1000)", content: content).bytes
    try withFile(bytes) { url in
      let clock = ContinuousClock()
      var array: NumericArray?
      let durations = try (0..<5).map { _ in try clock.measure { array = try NPYFile(contentsOf: url).array() } }
      #expect(array == NumericArray(shape: [1000, 1000], elements: .float32(values)))
      #expect(durations.min()! < .milliseconds(20))
    }
  }
}
