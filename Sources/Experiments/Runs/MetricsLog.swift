import Foundation
import Support
import Torch

/// The file `metrics.jsonl`: a JSON object a line.
public final class MetricsLog: TrainingObserver {
  private let handle: FileHandle
  private let url: URL

  /// Opens the log of a run. Lines after `step` go: a resumed run writes them again.
  ///
  /// - Throws: `FileError` where the log lacks steps that were done, or is not of these tasks.
  convenience public init(_ folder: RunFolder, tasks: [String], keepingThrough step: Int) throws {
    try self.init(folder, of: TaskNames(losses: tasks, evaluated: tasks), keepingThrough: step)
  }

  /// As ``init(_:tasks:keepingThrough:)``, of a workload whose evaluations tell of something else than its losses.
  init(_ folder: RunFolder, of names: TaskNames, keepingThrough step: Int) throws {
    url = folder.metrics
    let hasRecords = FileManager.default.fileExists(atPath: url.path)
    let kept = hasRecords ? try Self.read(folder, of: names).filter { $0.step <= step } : []
    let lastStep = kept.reduce(0) { if case .step(let record) = $1 { max($0, record.step) } else { $0 } }
    guard lastStep == step else {
      throw FileError(
        url,
        "ends at step \(lastStep), but the checkpoint is of step \(step): the file has to be put back, or --overwrite starts again"
      )
    }
    try AtomicFile.write(kept.reduce(into: Data()) { $0.append(try Self.line($1)) }, to: url)
    guard let handle = try? FileHandle(forWritingTo: url) else { throw FileError(url, "cannot be opened") }
    self.handle = handle
    try handle.seekToEnd()
  }

  /// Appends a record as a line.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func observe(_ record: LogRecord) throws {
    do { try handle.write(contentsOf: Self.line(record)) } catch {
      throw FileError(url, "cannot be written: \(error.localizedDescription)")
    }
  }

  /// All records of a run; a last line that was cut off is left out.
  ///
  /// - Throws: `FileError` for a line that is no record, or one that contradicts itself.
  public static func read(_ folder: RunFolder) throws -> [LogRecord] {
    guard let data = try? Data(contentsOf: folder.metrics) else { throw FileError.unreadable(folder.metrics) }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: notANumber)
    let lines = data.split(separator: UInt8(ascii: "\n"))
    return try lines.enumerated().compactMap { index, line in
      guard let record = try? decoder.decode(LogRecord.self, from: Data(line)) else {
        guard index == lines.count - 1 else { throw FileError(folder.metrics, "line \(index + 1) is no record") }
        return nil
      }
      if let problem = record.contradiction { throw FileError(folder.metrics, "line \(index + 1) \(problem)") }
      return record
    }
  }

  /// All records of a run whose tasks are known.
  ///
  /// - Throws: `FileError` also for a record whose numbers are those of other tasks.
  static func read(_ folder: RunFolder, of names: TaskNames) throws -> [LogRecord] {
    let records = try read(folder)
    if let foreign = records.first(where: { !$0.canBe(of: names) }) {
      throw FileError(
        folder.metrics, "the record of step \(foreign.step) is not of the run's \(names.losses.count) tasks")
    }
    return records
  }

  /// What JSON has no numbers for. A look at the gradients may be infinite, and is still worth keeping.
  private static let (infinity, negativeInfinity, notANumber) = ("inf", "-inf", "nan")

  private static func line(_ record: LogRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: notANumber)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(record) + Data([UInt8(ascii: "\n")])
  }
}
