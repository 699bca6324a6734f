import Foundation
import MultitaskLearning
import Rainbow

/// Shows a training in the terminal: a bar that moves, or plain lines where the output is no terminal.
public final class ProgressReporter: TrainingObserver {
  private let tasks: [String]
  private let totalSteps: Int
  private let isTerminal: Bool
  private let output = FileHandle.standardError
  private let start = ContinuousClock.now
  private var firstStep: Int?
  private var means: [String: Double] = [:]
  private var lastLine = ""
  /// What pruning would leave of the FLOPs of single-task networks; nil without gates.
  private var flopFraction: Double?

  /// Without a terminal, about this many lines for a training.
  private static let plainLineCount = 20

  /// - Parameters:
  ///   - tasks: in the order in which they are shown.
  ///   - totalSteps: of the training.
  ///   - note: what is said first; nil if nothing is.
  public init(tasks: [String], totalSteps: Int, note: String? = nil) {
    self.tasks = tasks
    self.totalSteps = totalSteps
    isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    if let note { write("note: \(note)\n") }
  }

  /// Shows a record: steps move the bar, evaluations and changes of the network become lines.
  public func observe(_ record: LogRecord) {
    switch record {
    case .step(let step): observe(step)
    case .evaluation(let evaluation):
      let tasks = evaluation.evaluation.tasks.map {
        "\($0.task) \($0.primary.name) \(String(format: "%.3f", $0.primary.value))"
      }
      printLine("step \(evaluation.step): \(tasks.joined(separator: ", "))")
    case .adaptation(let adaptation):
      switch adaptation.report {
      case .tokens(let report): printLine("step \(adaptation.step): \(Self.line(report))")
      }
    }
  }

  private static func line(_ report: TokenAdaptationReport) -> String {
    "the network grew by \(String(format: "%.2f", report.gain * 100)) %: modulators before layers "
      + "\(report.growth.modulatedLayers), tokens in layers \(report.growth.expandedLayers) (the first is 0); "
      + "looking at \(report.analysis.sampleCount) samples took \(String(format: "%.1f", report.seconds)) s"
  }

  /// Removes the bar from the terminal.
  public func finish() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func observe(_ step: StepRecord) {
    if firstStep == nil { firstStep = step.step }
    for (task, loss) in step.losses { means[task] = means[task].map { 0.9 * $0 + 0.1 * loss } ?? loss }
    let losses = tasks.map { task in
      "\(task) \(means[task].map { String(format: "%.3f", $0) } ?? "–")"
    }.joined(separator: "  ")
    flopFraction = step.gates?.flopFraction ?? flopFraction
    let cost = flopFraction.map { "  \(String(format: "%.0f", $0 * 100)) % FLOPs" } ?? ""
    let done = step.step - firstStep! + 1
    let seconds = max(1e-9, (ContinuousClock.now - start) / .seconds(1))
    let speed = Double(done) / seconds
    let remaining = Self.time(Double(totalSteps - step.step) / speed)
    if isTerminal {
      let filled = min(20, Int(Double(step.step) / Double(max(1, totalSteps)) * 20))
      let bar = String(repeating: "━", count: filled).cyan + String(repeating: "─", count: 20 - filled).dim
      lastLine =
        "\r\u{1B}[K\(bar) \(step.step)/\(totalSteps)  \(losses)\(cost)  \(String(format: "%.1f", speed)) steps/s  \(remaining) left"
      write(lastLine)
    } else if step.step % max(1, totalSteps / Self.plainLineCount) == 0 || step.step == totalSteps {
      write(
        "step \(step.step)/\(totalSteps)  \(losses)\(cost)  \(String(format: "%.1f", speed)) steps/s  \(remaining) left\n"
      )
    }
  }

  private func printLine(_ text: String) {
    write(isTerminal ? "\r\u{1B}[K\(text)\n\(lastLine)" : "\(text)\n")
  }

  private func write(_ text: String) { try? output.write(contentsOf: Data(text.utf8)) }

  private static func time(_ seconds: Double) -> String {
    guard seconds < 1e8 else { return "years" }
    let whole = Int(seconds.rounded())
    return whole >= 3600
      ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
      : String(format: "%d:%02d", whole / 60, whole % 60)
  }
}
