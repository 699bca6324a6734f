import ArgumentParser
import Experiments

struct BenchOperators: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators", abstract: "Measure the cost of calling an operator on small tensors.")

  @Option(help: "The number of repetitions; the median and the range are printed.")
  var rounds = 5

  @Flag(help: "Measure one round for every line on standard input, and answer with JSON.")
  var serve = false

  func run() throws {
    let benchmark = OperatorBenchmark()
    if serve {
      try MeasurementServer.serve { benchmark.measure() }
      return
    }
    let rounds = (0..<max(1, rounds)).map { _ in benchmark.measure() }
    for (index, test) in benchmark.cases.enumerated() {
      let times = rounds.map { $0[index] * 1e6 }.sorted()
      print(
        String(
          format: "%@: %.2f µs (%.2f to %.2f)", test.name, times[times.count / 2], times[0], times[times.count - 1]))
    }
  }
}
