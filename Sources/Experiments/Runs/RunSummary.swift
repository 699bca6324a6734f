import Foundation
import Support
import Torch
import VisionNetworks

/// The cost of a run: time and memory.
public struct RunSummary: Codable, Sendable, Equatable {
  /// The number of the last step.
  public var steps: Int
  /// The median of the seconds per step, over the steps in which the gradients were not observed.
  public var secondsPerStep: Double
  /// The seconds of all steps, and of changing the network.
  public var trainingSeconds: Double
  /// The number of steps in which the tasks' gradients were observed.
  public var lookCount: Int
  /// The seconds that these steps took longer than the others, in total; estimated from medians.
  public var lookSeconds: Double
  /// The largest resident memory of the process so far; after a resumption, that of the larger process.
  public var peakBytes: Int
  /// The number of parameters of the network at the end, after pruning if it had gates; nil if that is not known, as in
  /// summaries of earlier versions.
  public var parameterCount: Int?
  /// The floating-point operations of a forward pass for one image, two for each multiply-add, of the same network; nil
  /// if its workload does not count them.
  public var flops: Int?

  /// Summarizes a run in this process.
  ///
  /// - Parameters:
  ///   - folder: the folder of the run.
  ///   - cost: the cost of the network at the end; nil if it is not counted.
  init(_ folder: RunFolder, cost: NetworkCost?) throws {
    let log = try MetricsLog.read(folder)
    let records = log.steps
    let looked = records.filter { $0.diagnostics != nil }
    let plain = Self.plainSteps(records)
    steps = records.last?.step ?? 0
    secondsPerStep = Self.secondsPerStep(records)
    trainingSeconds = records.reduce(0) { $0 + $1.seconds } + log.reduce(0) { $0 + $1.adaptationSeconds }
    lookCount = looked.count
    lookSeconds =
      plain.isEmpty ? 0 : Double(lookCount) * max(0, (looked.map(\.seconds).median ?? 0) - secondsPerStep)
    peakBytes = max(ProcessMemory.peak, (try? Self.load(folder).peakBytes) ?? 0)
    parameterCount = cost?.parameterCount
    flops = cost?.flops
  }

  /// Reads the summary of a run.
  ///
  /// - Throws: `FileError` if the run has no valid summary.
  public static func load(_ folder: RunFolder) throws -> RunSummary {
    guard let data = try? Data(contentsOf: folder.summary),
      let summary = try? JSONDecoder().decode(RunSummary.self, from: data), summary.isPossible
    else { throw FileError(folder.summary, "is no summary of a run") }
    return summary
  }

  /// Whether these can be a run's costs.
  private var isPossible: Bool {
    steps >= 0 && lookCount >= 0 && peakBytes >= 0 && (parameterCount ?? 0) >= 0 && (flops ?? 0) >= 0
      && [secondsPerStep, trainingSeconds, lookSeconds].allSatisfy { $0.isFinite && $0 >= 0 }
  }

  func write(to folder: RunFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(self), to: folder.summary)
  }

  /// The summary as one or two lines: speed, peak memory and the cost of diagnostics.
  public var text: String {
    let speed = String(
      format: "%d steps, %.0f ms each (median), peak memory %.0f MB", steps, secondsPerStep * 1e3,
      Double(peakBytes) / 1e6)
    guard lookCount > 0 else { return speed }
    guard lookCount < steps else {
      return speed + "\ndiagnostics: every step was looked at, so that its time includes the look"
    }
    let share = lookSeconds / max(trainingSeconds, 1e-9) * 100
    return speed + "\ndiagnostics: \(Self.looks(lookCount)) at the tasks' gradients"
      + String(format: " cost %.1f s (%.1f %% of the training)", lookSeconds, share)
  }

  static func looks(_ count: Int) -> String { count == 1 ? "1 look" : "\(count) looks" }

  /// The median over steps that were not looked at, if there are any.
  static func secondsPerStep(_ records: [StepRecord]) -> Double {
    let plain = plainSteps(records)
    return (plain.isEmpty ? records : plain).map(\.seconds).median ?? 0
  }

  /// Without the first, which also warm up.
  private static func plainSteps(_ records: [StepRecord]) -> [StepRecord] {
    (records.count > 20 ? Array(records.dropFirst(5)) : records).filter { $0.diagnostics == nil }
  }
}

extension LogRecord {
  fileprivate var adaptationSeconds: Double {
    guard case .adaptation(let record) = self else { return 0 }
    switch record.report {
    case .tokens(let report): return report.seconds
    }
  }
}
