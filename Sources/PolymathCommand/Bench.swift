import ArgumentParser
import Experiments
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measure. `script/bench` sets these measurements beside those of PyTorch, TorchJD and LibMTL, in alternation.",
    subcommands: [BenchOperators.self, BenchStep.self, BenchAggregation.self])
}
