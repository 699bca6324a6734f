import ArgumentParser
import Experiments
import Foundation
import Support

struct Advise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which methods to try first for a configuration.",
    discussion: "A network is trained with the plain sum for some steps, and the tasks' gradients are looked at: which "
      + "tasks conflict, in which layers, and which dominate. The same gradients are given to every aggregator that "
      + "chooses by inner products, and a step of every method that fits is measured. What comes out is a forecast from "
      + "few steps, and says how sure it is.")

  @Argument(
    help: "The configuration, of which the method is left aside.", completion: .file(extensions: ["yaml", "yml"]))
  var configurationFile: String

  @Option(parsing: .unconditional, help: "The number of steps to train.")
  var steps = 200

  @Option(name: .customLong("set"), help: "A change of one field: section.field=value. Can be repeated.")
  var settings: [String] = []

  @Option(help: "The folder that keeps the run; without it, nothing is kept.")
  var out: String?

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  func validate() throws {
    guard steps >= 2 else { throw ValidationError("--steps is \(steps), but has to be at least 2") }
    guard out != "" else { throw ValidationError("--out is empty, but has to name the run's folder.") }
  }

  func run() throws {
    LoadTimeSettings.apply()
    var configuration = try Configuration(contentsOf: URL(fileURLWithPath: configurationFile))
    for setting in settings { try configuration.apply(assignment: setting) }
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent(
      "polymath-advice-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: temporary) }
    let folder = RunFolder(out.map { URL(fileURLWithPath: $0) } ?? temporary)
    let session = try AdviceSession(configuration, steps: steps, folder: folder)
    Interruption.catchSignals()
    let found = try session.run(shouldStop: { Interruption.wasRequested }) {
      FileHandle.standardError.write(Data("\($0)\n".utf8))
    }
    guard let (advice, layers) = found else { throw Interruption.exitCode }
    if json { try printJSON(advice, .prettyPrinted) } else { print(AdviceTable(advice, layers: layers).text) }
  }
}
