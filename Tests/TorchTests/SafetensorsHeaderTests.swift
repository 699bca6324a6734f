import Foundation
import Support
import TestSupport
import Testing
import Torch

/// Headers as the format's own reader takes them. `headers.json` holds what version 0.8.0 of the crate made of each: the
/// tensors' shapes and the metadata, or null where it refused.
@Suite struct SafetensorsHeaderTests {
  private struct Case: Decodable {
    var header: String?
    /// The header where it is no valid text.
    var base64: String?
    /// How many bytes follow it.
    var data: Int
    var tensors: [String: [UInt64]]?
    var metadata: [String: String]?
    /// Why the crate takes it, but not this reader.
    var refusedHere: String?

    var bytes: Data { header.map { Data($0.utf8) } ?? Data(base64Encoded: base64!)! }
  }

  private let resources = Bundle.module.bundleURL.appendingPathComponent("Resources/safetensors")

  private func read(_ header: Data, dataCount: Int, in folder: URL) throws -> SafetensorsFile {
    let url = folder.appendingPathComponent("\(UUID().uuidString).safetensors")
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try (length + header + Data(count: dataCount)).write(to: url)
    return try SafetensorsFile(contentsOf: url)
  }

  @Test func headersAreReadAsTheFormatsOwnReaderDoes() throws {
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: resources.appendingPathComponent("headers.json")))
    #expect(cases.count == 436 && cases.count { $0.tensors != nil } == 106)
    #expect(cases.count { $0.refusedHere != nil } == 5)
    try withTemporaryFolder { folder in
      for item in cases {
        let name = String(decoding: item.bytes, as: UTF8.self)
        guard let tensors = item.tensors, item.refusedHere == nil else {
          #expect(throws: FileError.self, "\(name)") { try read(item.bytes, dataCount: item.data, in: folder) }
          continue
        }
        do {
          let file = try read(item.bytes, dataCount: item.data, in: folder)
          #expect(Set(file.names) == Set(tensors.keys), "\(name)")
          for (tensor, shape) in tensors { #expect(file.shape(of: tensor)?.map(UInt64.init) == shape, "\(name)") }
          #expect(file.metadata == item.metadata, "\(name)")
        } catch { Issue.record("\(name): \(error)") }
      }
    }
  }

  @Test(arguments: [
    (#"{"x":{"dtype":"F32","shape":[true,2],"data_offsets":[0,8]}}"#, "tensor 'x', byte 29 of the header: 'true,2]"),
    (#"{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "where a whole number from 0"),
    (#"{"x":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#, "tensor 'x' has 'shape' twice"),
    (#"{"x":{"shape":[2]}}"#, "tensor 'x' lacks 'dtype' and 'data_offsets'"),
    (#"{"x":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, "the unknown dtype 'F33'"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, "has 3 data_offsets, not two"),
    (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "two in order are expected"),
    (
      #"{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
      "only 8 bytes of data are there: the file is truncated"
    ),
    (#"{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "needs 96 bits, but has 8 bytes"),
    (#"{"x":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}"#, "beyond any memory"),
    (
      #"{"x":{"dtype":"F32","shape":[1,3,0,4611686018427387904],"data_offsets":[0,0]}}"#,
      "[1, 3, 0, 4611686018427387904]"
    ),
    (#"{"__metadata__":{"a":1}}"#, "neither null nor maps texts to texts: byte 21"),
    (#"{"__metadata__":{},"__metadata__":{}}"#, "has '__metadata__' twice"),
    ("[]", "'[]' is found where an object is expected"), ("", "the header ends where an object is expected"),
  ])
  func mistakesAreNamed(_ header: String, _ message: String) throws {
    try withTemporaryFolder { folder in
      let bytes = Data(header.utf8)
      #expect("\(header)") {
        _ = try read(bytes, dataCount: 8, in: folder)
      } throws: { "\($0)".contains(message) }
    }
  }

  /// An error is a line, however long a name is.
  @Test func errorsAreShort() throws {
    try withTemporaryFolder { folder in
      let name = String(repeating: "long\\n", count: 10_000)
      #expect {
        _ = try read(Data(#"{"\#(name)":1}"#.utf8), dataCount: 0, in: folder)
      } throws: { error in
        "\(error)".count < 1000 && !"\(error)".contains("\n")
      }
    }
  }

  /// Two numbers share a byte, but two rows must not.
  @Test func halfBytesDoNotEndARow() throws {
    try withTemporaryFolder { folder in
      let header =
        #"{"even":{"dtype":"F4","shape":[2,2],"data_offsets":[0,2]},"odd":{"dtype":"F4","shape":[2,1],"data_offsets":[2,3]}}"#
      let file = try read(Data(header.utf8), dataCount: 3, in: folder)
      #expect(try file.tensor("even").shape == [2, 1])
      #expect { try file.tensor("odd") } throws: { "\($0)".contains("the last size has to be even") }
      #expect(try file.bytes(of: "odd").count == 1)
    }
  }
}
