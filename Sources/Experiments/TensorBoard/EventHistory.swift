import Foundation
import Support

/// The event files that earlier sessions of a run have written.
enum EventHistory {
  private static let (prefix, suffix) = ("events.out.tfevents.", ".polymath")
  /// Of a record, beside the event: its length with a checksum, and a checksum of the event.
  private static let (headerCount, footerCount) = (12, 4)

  /// The name of a new file, which readers take after all that a folder has.
  static func nextFile(in folder: URL) -> URL {
    let now = UInt64(max(0, Date().timeIntervalSince1970))
    let latest = files(in: folder).compactMap(startTime).max()
    let time = max(now, latest.map { $0 + 1 } ?? 0)
    return folder.appendingPathComponent("\(prefix)\(time).\(getpid())\(suffix)")
  }

  /// Cuts off what files hold of the steps after `step`, and from a damaged record on. Then also readers that do not
  /// know of sessions see every step once.
  ///
  /// - Throws: `FileError` where a file cannot be read or shortened.
  static func cut(after step: Int, in folder: URL) throws {
    for file in files(in: folder) {
      guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else { throw FileError.unreadable(file) }
      let end = keptCount(of: data, through: step)
      guard end < data.count else { continue }
      // In one call, so that a process that dies here leaves either of the two.
      guard truncate(file.path, off_t(end)) == 0 else { throw FileError(file, system: "cannot be shortened") }
    }
  }

  private static func files(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.map(folder.appendingPathComponent)
  }

  private static func startTime(_ file: URL) -> UInt64? {
    // Far from the largest number, whatever a file is called.
    file.lastPathComponent.dropFirst(prefix.count).split(separator: ".").first.flatMap { UInt32($0) }.map(UInt64.init)
  }

  /// The bytes before the first record that is of a later step or damaged: a session writes its steps in order.
  private static func keptCount(of data: Data, through step: Int) -> Int {
    var position = 0
    while let record = record(in: data, at: position), record.event.step <= Int64(step) { position = record.end }
    return position
  }

  /// The record that starts at a position; nil where none does, or it is damaged.
  private static func record(in data: Data, at position: Int) -> (event: Polymath_Tensorboard_Event, end: Int)? {
    let rest = data.count - position - headerCount - footerCount
    guard rest >= 0 else { return nil }
    let length = data[position..<(position + 8)]
    let count = length.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    guard count <= UInt64(rest), checksum(in: data, at: position + 8) == MaskedChecksum.of(length) else { return nil }
    let end = position + headerCount + Int(count)
    let payload = data[(position + headerCount)..<end]
    guard checksum(in: data, at: end) == MaskedChecksum.of(payload),
      let event = try? Polymath_Tensorboard_Event(serializedBytes: payload)
    else { return nil }
    return (event, end + footerCount)
  }

  private static func checksum(in data: Data, at position: Int) -> UInt32 {
    data[position..<(position + 4)].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self).littleEndian }
  }
}
