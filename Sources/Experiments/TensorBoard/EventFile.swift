import Foundation
import Support
import SwiftProtobuf
import Torch

/// Writes scalars that TensorBoard shows.
///
/// A file is a series of records: the length, a checksum of the length, the event, a checksum of the event.
public final class EventFile {
  private let handle: FileHandle
  private let url: URL

  /// Starts a new file in a folder; TensorBoard reads all of a folder's files as one.
  ///
  /// - Throws: `FileError` when it cannot be created.
  public init(in folder: URL) throws {
    url = EventHistory.nextFile(in: folder)
    guard FileManager.default.createFile(atPath: url.path, contents: nil),
      let handle = try? FileHandle(forWritingTo: url)
    else { throw FileError(url, "cannot be created") }
    self.handle = handle
    var event = Polymath_Tensorboard_Event()
    event.fileVersion = "brain.Event:2"
    try append(event)
  }

  /// Says that a session starts with a step: TensorBoard forgets what earlier files hold of this step and later ones.
  public func writeStart(step: Int) throws {
    var event = Polymath_Tensorboard_Event()
    event.step = Int64(step)
    event.sessionLog.status = .start
    try append(event)
  }

  /// Writes the values of scalars at a step, in single precision.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func write(_ scalars: [(tag: String, value: Double)], step: Int) throws {
    var event = Polymath_Tensorboard_Event()
    event.step = Int64(step)
    event.summary.value = scalars.map { tag, value in
      var scalar = Polymath_Tensorboard_Summary.Value()
      scalar.tag = tag
      scalar.simpleValue = Float(value)
      return scalar
    }
    try append(event)
  }

  private func append(_ event: Polymath_Tensorboard_Event) throws {
    var event = event
    event.wallTime = Date().timeIntervalSince1970
    let data = try event.serializedData()
    let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Data($0) }
    do {
      try handle.write(contentsOf: length + checksum(length) + data + checksum(data))
    } catch { throw FileError(url, "cannot be written: \(error.localizedDescription)") }
  }

  private func checksum(_ data: Data) -> Data {
    withUnsafeBytes(of: MaskedChecksum.of(data).littleEndian) { Data($0) }
  }
}

/// CRC-32C, rotated and shifted as the record format wants it.
package enum MaskedChecksum {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  package static func of(_ data: Data) -> UInt32 {
    let crc = ~data.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }
}
