import Foundation
import Torch

/// The file `metrics.jsonl`: a JSON object a line.
public final class MetricsLog: TrainingObserver {
  private let handle: FileHandle
  private let url: URL

  /// Opens the log of a run. Lines after `step` go: a resumed run writes them again.
  ///
  /// - Throws: ``FileError`` where the log lacks steps that were done.
  public init(_ folder: RunFolder, keepingThrough step: Int) throws {
    url = folder.metrics
    let hasRecords = FileManager.default.fileExists(atPath: url.path)
    let kept = hasRecords ? try Self.read(folder).filter { $0.step <= step } : []
    let lastStep = kept.reduce(0) { if case .step(let record) = $1 { max($0, record.step) } else { $0 } }
    guard lastStep == step else {
      throw FileError(
        url,
        "ends at step \(lastStep), but the checkpoint is of step \(step): the file has to be put back, or --overwrite starts again"
      )
    }
    try AtomicFile.write(kept.map(Self.line).reduce(Data(), +), to: url)
    guard let handle = try? FileHandle(forWritingTo: url) else { throw FileError(url, "cannot be opened") }
    self.handle = handle
    try handle.seekToEnd()
  }

  public func observe(_ record: LogRecord) throws {
    do { try handle.write(contentsOf: Self.line(record)) } catch {
      throw FileError(url, "cannot be written: \(error.localizedDescription)")
    }
  }

  /// All records of a run; a last line that was cut off is left out.
  public static func read(_ folder: RunFolder) throws -> [LogRecord] {
    guard let data = try? Data(contentsOf: folder.metrics) else { throw FileError.unreadable(folder.metrics) }
    let decoder = JSONDecoder()
    let lines = data.split(separator: UInt8(ascii: "\n"))
    return try lines.enumerated().compactMap { index, line in
      do { return try decoder.decode(LogRecord.self, from: Data(line)) } catch {
        guard index == lines.count - 1 else { throw FileError(folder.metrics, "line \(index + 1) is no record") }
        return nil
      }
    }
  }

  private static func line(_ record: LogRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(record) + Data([UInt8(ascii: "\n")])
  }
}
