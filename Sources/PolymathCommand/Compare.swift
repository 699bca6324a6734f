import ArgumentParser
import Experiments
import Foundation

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare methods with each other and with single-task networks, over several seeds.",
    discussion: """
      A study file names seeds, a configuration and methods: see Examples/scenes-study.yaml. Finished runs are not \
      repeated, so the same command continues a study that was interrupted.
      """)

  @Argument(help: "The study: a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var study: String

  @Option(help: "The study's folder; defaults to runs/NAME, after the name of the file.")
  var out: String?

  @Flag(help: "List the runs that are missing, without training them.")
  var dryRun = false

  func validate() throws {
    guard out != "" else { throw ValidationError("--out is empty, but has to name the study's folder.") }
  }

  func run() throws {
    let file = URL(fileURLWithPath: study)
    let study = try Study(contentsOf: file)
    let folder = StudyFolder(
      URL(fileURLWithPath: out ?? "runs/" + file.deletingPathExtension().lastPathComponent))
    let runner = try StudyRunner(study, folder: folder, executable: Self.executable)
    if dryRun {
      print("\(runner.missing.count) of \(study.runs.count) runs are missing")
      for run in runner.missing { print(run.title) }
      return
    }
    Interruption.catchSignals()
    let outcome = try runner.run(shouldStop: { Interruption.wasRequested }, announce: Self.announce)
    let report = try StudyReport(study, folder: folder)
    try report.write()
    print(report.hasResults ? report.table.text : "no run of a method is finished yet")
    print("report: \(folder.report.path)")
    switch outcome {
    case .finished(let failures) where failures.isEmpty: return
    case .finished(let failures):
      for (run, reason) in failures.sorted(by: { $0.key < $1.key }) { Self.announce("\(run): \(reason)") }
      throw ExitCode.failure
    case .stopped:
      Self.announce("stopped; everything is saved. The same command goes on.")
      throw Interruption.exitCode
    }
  }

  private static func announce(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// The program that is running.
  private static var executable: URL { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath() }
}
