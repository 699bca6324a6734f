import Foundation
import Support
import Torch

/// `polymath train` as a process whose output goes to a file.
struct TrainingProcess {
  enum Outcome: Equatable {
    case finished
    case stopped
    case failed(String)
  }

  /// The exit statuses of a training that was asked to stop by a signal and has saved everything.
  private static let stoppedStatuses = Set([SIGHUP, SIGINT, SIGTERM].map { 128 + $0 })

  let executable: URL
  let arguments: [String]
  let log: URL

  /// - Parameter shouldStop: when it turns true, the training saves and stops.
  func run(shouldStop: () -> Bool) throws -> Outcome {
    // What an interrupted attempt said stays.
    let exists = FileManager.default.fileExists(atPath: log.path)
    guard exists || FileManager.default.createFile(atPath: log.path, contents: nil),
      let output = try? FileHandle(forWritingTo: log)
    else { throw FileError(log, "cannot be written") }
    try output.seekToEnd()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch { throw FileError(executable, "cannot be run: \(error.localizedDescription)") }
    var isStopping = false
    while process.isRunning {
      if !isStopping && shouldStop() {
        isStopping = true
        process.terminate()
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    if process.terminationReason == .uncaughtSignal && !isStopping {
      return .failed("ended by signal \(process.terminationStatus) (9 is the system's way when memory runs out)")
    }
    switch process.terminationStatus {
    case 0: return .finished
    case _ where isStopping || Self.stoppedStatuses.contains(process.terminationStatus): return .stopped
    default: return .failed(lastLine)
    }
  }

  private var lastLine: String {
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").last.map { String($0.trimmingPrefix("Error: ")) }
      ?? "no message; see \(log.path)"
  }
}
