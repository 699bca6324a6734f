import ArgumentParser
import Experiments
import Foundation

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print a run's metrics on its validation data.")

  @Argument(help: "The run's folder.", completion: .directory)
  var folder: String

  @OptionGroup var checkpoint: CheckpointOption

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    let evaluation = try run.evaluate()
    if json {
      try printJSON(evaluation, .prettyPrinted)
    } else {
      print("checkpoint '\(checkpoint.checkpoint)' after step \(run.checkpoint.step)")
      print(ResultTable(evaluation, reference: nil).text)
    }
  }
}
