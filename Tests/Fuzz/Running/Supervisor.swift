import Foundation

/// Has a worker read a subject's inputs, and starts another where it dies or hangs.
struct Supervisor {
  let subject: String
  let seed: UInt64
  let count: Int
  let seconds: Double
  let findings: FindingFolder

  func run() throws -> Summary {
    try WorkFolder.with { folder in
      try Subjects.prepare(subject, in: folder)
      let progress = try Progress(folder.appendingPathComponent("progress"))
      let start = Date()
      var summary = Summary(subject: subject)
      while summary.inputs < count, summary.findings < Limits.findings {
        let left = seconds - Date().timeIntervalSince(start)
        guard left > 0 else { break }
        progress.reset()
        let first = summary.inputs
        let end = try watch(progress, in: folder, first: first, seconds: left)
        summary.inputs = max(summary.inputs, progress.index + 1)
        summary.accepted += progress.accepted
        summary.refused += progress.refused
        summary.findings += progress.violations
        guard let reason = end else { break }
        guard progress.index >= first else { throw Violation("the worker does not start: \(reason)") }
        summary.findings += 1
        let file = try findings.keep(progress.input, subject: subject, index: progress.index, reason: reason)
        try findings.add(try trace(file, in: folder), to: file)
      }
      summary.seconds = Date().timeIntervalSince(start)
      return summary
    }
  }

  /// - Returns: how the worker ended at an input; nil if it got through.
  private func watch(_ progress: Progress, in folder: URL, first: Int, seconds: Double) throws -> String? {
    let errors = folder.appendingPathComponent("errors")
    let worker = try start(
      [
        "worker", subject, "\(seed)", "\(first)", "\(count)", "\(seconds)", "--progress",
        folder.appendingPathComponent("progress").path, "--folder", folder.path, "--out", findings.url.path,
      ], output: errors, showsStack: false)
    while worker.isRunning {
      if progress.hangs(process: worker.processIdentifier) {
        kill(worker.processIdentifier, SIGKILL)
        worker.waitUntilExit()
        return "hangs"
      }
      usleep(20_000)
    }
    let status = worker.terminationStatus
    if worker.terminationReason == .exit && status == 0 { return nil }
    let how = worker.terminationReason == .uncaughtSignal ? "ends the process by signal" : "ends the process with"
    return "\(how) \(status): \(Self.tail(of: errors))"
  }

  /// What the process says of its stack when it reads the input again.
  private func trace(_ input: URL, in folder: URL) throws -> String {
    let output = folder.appendingPathComponent("trace")
    let replay = try start(["replay", input.path, "--folder", folder.path], output: output, showsStack: true)
    let deadline = Date() + 30
    while replay.isRunning, Date() < deadline { usleep(20_000) }
    if replay.isRunning { kill(replay.processIdentifier, SIGKILL) }
    replay.waitUntilExit()
    return Self.tail(of: output, byteCount: 20_000)
  }

  private func start(_ arguments: [String], output: URL, showsStack: Bool) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment.merging(MemoryWatch.environment) { $1 }
    environment["SWIFT_BACKTRACE"] =
      showsStack ? "enable=yes,color=no,interactive=no,threads=crashed,images=none,limit=40" : "enable=no"
    process.environment = environment
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let handle = try FileHandle(forWritingTo: output)
    process.standardError = handle
    process.standardOutput = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try handle.close()
    return process
  }

  private static func tail(of url: URL, byteCount: Int = 600) -> String {
    let data = (try? Data(contentsOf: url)) ?? Data()
    return String(decoding: data.suffix(byteCount), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
