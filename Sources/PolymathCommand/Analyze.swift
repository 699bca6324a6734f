import ArgumentParser
import Experiments
import Foundation

struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look into a run's network without changing it.",
    discussion: "--tokens: what the tokens that enter each layer of its transformer span, and how often the tasks' "
      + "gradients conflict there. Of a network that grew, the layers that all tasks enter together.")

  @Argument(help: "The run's folder.", completion: .directory)
  var folder: String

  @Flag(help: "Token spaces and conflicts.")
  var tokens = false

  @Option(parsing: .unconditional, help: "Samples of the training data to look at.")
  var samples = 128

  @Option(parsing: .unconditional, help: "r: how much more of the tokens the range space holds than the null space.")
  var ratio = 100.0

  @OptionGroup var checkpoint: CheckpointOption

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    guard tokens else { throw ValidationError("Say what to look at: --tokens") }
    guard samples > 0 else { throw ValidationError("--samples is \(samples), but has to be above 0") }
    guard ratio > 0, ratio.isFinite else { throw ValidationError("--ratio is \(ratio), but has to be above 0") }
  }

  func run() throws {
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    let analysis = try run.analyzeTokens(sampleCount: samples, ratio: ratio)
    if json {
      try printJSON(analysis, .prettyPrinted)
    } else {
      print("checkpoint '\(checkpoint.checkpoint)' after step \(run.checkpoint.step), \(analysis.sampleCount) samples")
      print(TokenTable(analysis).text)
      if let first = run.network.transformer?.growth?.firstSeparateLayer {
        print("layers after \(first) are left out: each task enters them with tokens of its own")
      }
    }
  }
}
