import ArgumentParser
import Experiments
import Foundation

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a network.",
    discussion: """
      Without a configuration file, a ResNet-18 learns five tasks on the embedded scenes. The option --set changes \
      single fields: --set training.steps=1000 --set data.tasks='[depth, normals]'.
      """)

  @Argument(
    help: "The configuration: a YAML file in which every field is optional.",
    completion: .file(extensions: ["yaml", "yml"]))
  var configurationFile: String?

  @Option(help: "Methods joined by +, such as uw+pcgrad; `polymath methods` lists them.")
  var method: String?

  @Option(name: .customLong("set"), help: "A change of one field: section.field=value. Can be repeated.")
  var settings: [String] = []

  @Option(help: "The run's folder; defaults to the next free runs/run-N.")
  var out: String?

  @Flag(help: "Continue the run in the folder exactly where it stopped.")
  var resume = false

  @Flag(help: "Replace the run in the folder.")
  var overwrite = false

  @Flag(help: "Print the configuration with all its fields, without training.")
  var printConfiguration = false

  func validate() throws {
    guard !(resume && overwrite) else { throw ValidationError("--resume and --overwrite contradict each other.") }
    guard out != "" else { throw ValidationError("--out is empty, but has to name the run's folder.") }
    guard !resume || out != nil else { throw ValidationError("--resume needs --out with the run's folder.") }
  }

  func run() throws {
    LoadTimeSettings.apply()
    let folder = out.map { RunFolder(URL(fileURLWithPath: $0)) } ?? .next(in: URL(fileURLWithPath: "runs"))
    let configuration = try makeConfiguration(for: folder)
    if printConfiguration {
      let own = resume ? try TrainingSession.resumedConfiguration(configuration, folder) : configuration
      print((own ?? Configuration()).yaml)
      // What cannot be trained is printed, too, and then told.
      return try ResolvedConfiguration(own ?? Configuration()).check()
    }
    let session = try TrainingSession(
      configuration, folder: folder, existing: resume ? .resume : overwrite ? .overwrite : .refuse)
    Interruption.catchSignals()
    if session.trainer.isFinished { print("finished already, after step \(session.trainer.completedSteps)") }
    switch try session.run(shouldStop: { Interruption.wasRequested }) {
    case .finished:
      if let evaluation = session.trainer.lastEvaluation {
        print(ResultTable(evaluation, reference: session.trainer.trivial).text)
      }
      print(try RunSummary.load(folder).text)
      print("report: \(folder.report.path)")
      if let note = PrunedRun.note(on: folder) { print(note) }
    case .stopped(let step):
      print(
        "stopped after step \(step); everything is saved. Go on with: polymath train --resume --out \(folder.url.path)")
      throw Interruption.exitCode
    }
  }

  /// The configuration of file and options; nil if none is given, so that a resumed run keeps its own. Without a file,
  /// options are about the defaults, or the resumed run.
  private func makeConfiguration(for folder: RunFolder) throws -> Configuration? {
    guard configurationFile != nil || method != nil || !settings.isEmpty else { return nil }
    var configuration = resume && configurationFile == nil ? try Configuration(of: folder) : Configuration()
    if let configurationFile {
      configuration = try Configuration(contentsOf: URL(fileURLWithPath: configurationFile))
    }
    if let method { try configuration.apply(method: method) }
    for setting in settings { try configuration.apply(assignment: setting) }
    return configuration
  }
}
