import Foundation
import MultitaskLearning
import Torch

/// One line of `metrics.jsonl`: a record with its `kind`.
public enum LogRecord: Sendable, Codable, Equatable {
  case step(StepRecord)
  case evaluation(EvaluationRecord)
  case adaptation(AdaptationRecord)

  private enum Kind: String, Codable {
    case step
    case evaluation
    case adaptation
  }
  private enum Key: CodingKey {
    case kind
  }

  public var step: Int {
    switch self {
    case .step(let record): record.step
    case .evaluation(let record): record.step
    case .adaptation(let record): record.step
    }
  }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .kind) {
    case .step: self = .step(try StepRecord(from: decoder))
    case .evaluation: self = .evaluation(try EvaluationRecord(from: decoder))
    case .adaptation: self = .adaptation(try AdaptationRecord(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .step(let record):
      try container.encode(Kind.step, forKey: .kind)
      try record.encode(to: encoder)
    case .evaluation(let record):
      try container.encode(Kind.evaluation, forKey: .kind)
      try record.encode(to: encoder)
    case .adaptation(let record):
      try container.encode(Kind.adaptation, forKey: .kind)
      try record.encode(to: encoder)
    }
  }
}

/// What happened in a step of training.
public struct StepRecord: Sendable, Codable, Equatable {
  /// From 1.
  public var step: Int
  public var losses: [String: Double]
  public var weights: [String: Double]
  public var learningRate: Double
  /// Of the whole step.
  public var seconds: Double
  /// Of it, waiting for data.
  public var waitSeconds: Double
  /// What was seen of the tasks' gradients, where the step was looked at.
  public var diagnostics: DiagnosticsRecord?
  /// The groups of tasks that were updated, as positions in the configuration, where the schedule has any.
  public var groups: [[Int]]?
  /// How tasks help each other, from source to target, every ten steps.
  public var affinity: [[Double]]?
  /// Of each shared convolution, the share of channels that each task has priority for, in every tenth step that protects them.
  public var channelShares: [String: [Double]]?
}

public struct EvaluationRecord: Sendable, Codable, Equatable {
  /// Steps done.
  public var step: Int
  public var evaluation: Evaluation
  /// The mean gain over the trivial predictors.
  public var score: Double
}

/// How the network changed.
public struct AdaptationRecord: Sendable, Codable, Equatable {
  /// The first step of the changed network.
  public var step: Int
  public var report: AdaptationReport
}

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
