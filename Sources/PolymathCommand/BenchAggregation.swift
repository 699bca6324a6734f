import ArgumentParser
import Experiments
import Foundation

struct BenchAggregation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aggregation",
    abstract: "Measure an aggregator on a random gradient matrix, in relation to reading the matrix twice.")

  @Option(help: "The name of the aggregator.")
  var method = "upgrad"

  @Option(help: "The number of tasks, K.")
  var tasks = 11

  @Option(help: "The number of shared parameters, d.")
  var width = 86_000_000

  @Option(help: "The number of threads of libtorch's kernels.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "The number of repetitions of each measurement.")
  var rounds = 7

  func validate() throws {
    guard tasks > 0, width > 0, threads > 0, rounds > 0 else {
      throw ValidationError("--tasks, --width, --threads and --rounds have to be above 0.")
    }
    guard tasks <= 1000, width <= 10_000_000_000, threads <= 1024 else {
      throw ValidationError("--tasks has to be at most 1000, --width 10000000000, --threads 1024.")
    }
  }

  func run() throws {
    LoadTimeSettings.apply()
    var benchmark = try AggregationBenchmark(aggregator: method, taskCount: tasks, width: width, threads: threads)
    try benchmark.aggregate()
    var (aggregations, reads) = (Timings(), Timings())
    for _ in 0..<rounds {
      try aggregations.measure { try benchmark.aggregate() }
      reads.measure {
        benchmark.read()
        benchmark.read()
      }
    }
    print("\(method), \(tasks) tasks, \(width) parameters, \(threads) threads")
    print("aggregation: \(aggregations.milliseconds)")
    print("two reads:   \(reads.milliseconds)")
    print("ratio: \(aggregations.ratio(to: reads))")
    guard let solver = benchmark.solver() else { return }
    var solutions = Timings()
    for _ in 0..<1000 { try solutions.measure(solver) }
    print(String(format: "the problem on %d×%d alone: %.1f µs (median)", tasks, tasks, solutions.median * 1e6))
  }
}
