import Foundation

/// The built command `polymath`, run as a process.
public struct Command {
  public struct Result {
    public let status: Int32
    public let output: String
    public let errors: String

    public var succeeded: Bool { status == 0 }
  }

  /// Beside the test bundle, where SwiftPM puts all products.
  public static var executable: URL {
    let tests = ProcessInfo.processInfo.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("polymath")
  }

  /// Runs a command to its end.
  ///
  /// - Parameter shellLimit: a `ulimit` to run under, for instance `-f 100`.
  public static func run(_ arguments: [String], in folder: URL, shellLimit: String? = nil) throws -> Result {
    let process = try start(arguments, in: folder, shellLimit: shellLimit)
    process.process.waitUntilExit()
    return Result(
      status: process.process.terminationStatus, output: try String(contentsOf: process.output, encoding: .utf8),
      errors: try String(contentsOf: process.errors, encoding: .utf8))
  }

  /// Starts a command; its output goes to files, so that nothing can block on a full pipe.
  public static func start(
    _ arguments: [String], in folder: URL, shellLimit: String? = nil
  ) throws -> (process: Process, output: URL, errors: URL) {
    let process = Process()
    if let shellLimit {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", "ulimit \(shellLimit); exec \"$@\"", "bash", executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    process.currentDirectoryURL = folder
    let name = UUID().uuidString
    let outputs = ["out", "err"].map { folder.appendingPathComponent(".\(name).\($0)") }
    for url in outputs { _ = FileManager.default.createFile(atPath: url.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: outputs[0])
    process.standardError = try FileHandle(forWritingTo: outputs[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return (process, outputs[0], outputs[1])
  }
}
