import Foundation
import SwiftProtobuf
import TestSupport
import Testing

import Experiments

@Suite struct TensorBoardTests {
  @Test func checksumsAreCRC32C() {
    // The check value of the catalogue of CRCs, masked as the record format wants it.
    let crc: UInt32 = 0xE306_9283
    #expect(MaskedChecksum.of(Data("123456789".utf8)) == (crc >> 15 | crc << 17) &+ 0xA282_EAD8)
  }

  @Test func recordsCanBeReadBack() throws {
    try withTemporaryFolder { folder in
      let file = try EventFile(in: folder)
      try file.write([("loss/depth", 0.5)], step: 7)
      let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
      #expect(name.contains("tfevents"))
      var data = try Data(contentsOf: folder.appendingPathComponent(name))
      var events: [Polymath_Tensorboard_Event] = []
      while !data.isEmpty {
        let length = data.prefix(8).withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        let payload = Data(data.dropFirst(12).prefix(length))
        let checksum = data.dropFirst(12 + length).prefix(4).withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        #expect(checksum == MaskedChecksum.of(payload))
        events.append(try Polymath_Tensorboard_Event(serializedBytes: payload))
        data = Data(data.dropFirst(16 + length))
      }
      #expect(events.count == 2 && events[0].fileVersion == "brain.Event:2")
      #expect(events[1].step == 7 && events[1].summary.value[0].tag == "loss/depth")
      #expect(events[1].summary.value[0].simpleValue == 0.5)
    }
  }
}
