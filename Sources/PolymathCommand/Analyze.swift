import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import VisionNetworks

struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Analyze a run's network without changing it.",
    discussion: "With --tokens, it prints the space that the tokens of each transformer layer span, and how often the "
      + "tasks' gradients conflict there. In a network that grew, these are the layers that all tasks enter together. "
      + "With --layers, it prints how often the tasks' gradients were in conflict in each layer of a run with "
      + "diagnostics.layers, the most frequent first. With --gates, it prints which channels of each gated layer are a "
      + "task's own, and which task gives the shared copy most.")

  @Argument(help: "The run's folder.", completion: .directory)
  var folder: String

  @Flag(help: "Analyze token spaces and conflicts.")
  var tokens = false

  @Flag(help: "Print the layers in the order of their conflicts.")
  var layers = false

  @Option(
    parsing: .unconditional, help: "The cosine, from -1 to 0, below which two gradients are in conflict (--layers).")
  var threshold = 0.0

  @Flag(help: "Analyze what tasks share in each layer of a network with gates.")
  var gates = false

  @Option(parsing: .unconditional, help: "The number of training samples to analyze.")
  var samples = 128

  @Option(
    parsing: .unconditional,
    help: "The ratio r of what the range space holds of the tokens to what the null space holds.")
  var ratio = 100.0

  @OptionGroup var checkpoint: CheckpointOption

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    guard [tokens, layers, gates].count(where: { $0 }) == 1 else {
      throw ValidationError("Say what to look at: --tokens, --layers or --gates")
    }
    guard samples > 0 else { throw ValidationError("--samples is \(samples), but has to be above 0") }
    guard ratio > 0, ratio.isFinite else { throw ValidationError("--ratio is \(ratio), but has to be above 0") }
  }

  func run() throws {
    if layers { return try printLayers() }
    let run = try TrainedRun(RunFolder(URL(fileURLWithPath: folder)), checkpoint: checkpoint.name)
    if gates { try show(run.analyzeGates(), of: run) } else { try printTokens(of: run) }
  }

  private func printLayers() throws {
    let folder = RunFolder(URL(fileURLWithPath: folder))
    try folder.requireRun()
    let table = try LayerTable(LayerConflicts(ofRun: folder.url), below: threshold)
    if json { try printJSON(table.rows, .prettyPrinted) } else { print(table.text) }
  }

  private func printTokens(of run: TrainedRun) throws {
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

  private func show(_ table: GateTable, of run: TrainedRun) throws {
    if json { return try printJSON(table.state, .prettyPrinted) }
    print("checkpoint '\(checkpoint.checkpoint)' after step \(run.checkpoint.step)")
    print(table.text)
  }
}
