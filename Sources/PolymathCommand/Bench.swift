import ArgumentParser
import Experiments
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Measure speed. `script/bench` alternates these measurements with those of PyTorch, torchvision, TorchJD, LibMTL and pycocotools.",
    subcommands: [
      BenchOperators.self, BenchStep.self, BenchGates.self, BenchDetection.self, BenchAggregation.self,
      BenchLoading.self,
    ])
}
