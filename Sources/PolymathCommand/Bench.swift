import ArgumentParser
import Experiments
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure. `script/bench` sets these measurements beside PyTorch's, in alternation.",
    subcommands: [BenchOperators.self, BenchStep.self])
}

struct BenchOperators: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators", abstract: "The price of calling an operator on small tensors.")

  @Option(help: "Repetitions; the median is printed.")
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

struct BenchStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "A training step on random data, and its ratio to one forward and K backward passes."
  )

  @Option(help: "Methods joined by +.")
  var method = "equal"

  @Option(help: "The encoder.")
  var encoder = "vit_tiny_patch16_224"

  @Option(help: "The number of tasks, K.")
  var tasks = 4

  @Option(help: "Height and width of the pictures.")
  var size = 224

  @Option(help: "Pictures in a batch.")
  var batch = 2

  @Option(help: "Threads of libtorch's kernels.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Repetitions of each measurement.")
  var rounds = 10

  @Flag(help: "Measure one step for every line on standard input, and answer with JSON.")
  var serve = false

  func validate() throws {
    guard tasks > 0, size > 0, batch > 0, threads > 0, rounds > 0 else {
      throw ValidationError("--tasks, --size, --batch, --threads and --rounds have to be above 0.")
    }
  }

  func run() throws {
    let benchmark = try StepBenchmark(
      method: method, encoder: encoder, taskCount: tasks, size: size, batchSize: batch, threads: threads)
    for _ in 0..<3 { try benchmark.step() }
    if serve {
      try MeasurementServer.serve {
        var timings = Timings()
        try timings.measure { try benchmark.step() }
        return timings.seconds
      }
      return
    }
    benchmark.floor()
    var steps = Timings()
    var floors = Timings()
    for _ in 0..<rounds {
      try steps.measure { try benchmark.step() }
      floors.measure { benchmark.floor() }
    }
    let ratios = zip(steps.seconds, floors.seconds).map { $0 / $1 }.sorted()
    print(
      "\(method), \(encoder), \(size)×\(size), batch \(batch), \(tasks) tasks, \(threads) threads, \(benchmark.parameterCount) parameters"
    )
    print(String(format: "step:  %.1f ms (%.1f to %.1f)", steps.median * 1e3, steps.minimum * 1e3, steps.maximum * 1e3))
    print(
      String(
        format: "floor: %.1f ms (%.1f to %.1f), one forward and %d backward passes", floors.median * 1e3,
        floors.minimum * 1e3, floors.maximum * 1e3, tasks))
    print(String(format: "ratio: %.3f (%.3f to %.3f)", ratios[ratios.count / 2], ratios[0], ratios[ratios.count - 1]))
    print(String(format: "peak memory: %.0f MB", Double(ProcessMemory.peak) / 1e6))
  }
}
