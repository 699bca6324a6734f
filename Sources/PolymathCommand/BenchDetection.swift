import ArgumentParser
import Experiments
import Foundation

struct BenchDetection: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detection",
    abstract: "Measure the operators of object detection, or a training step of the narrow robot-vision system.",
    discussion: """
      Operators: RoIAlign of 512 regions of a map of 120×160×256, and non-maximum suppression of 2000 boxes on each of \
      five levels. A step is one with two scenes of 128×160, in relation to the passes that its method needs at least.
      """)

  @Flag(help: "Measure a training step instead of operators.")
  var training = false

  @Option(help: "The methods of the step, joined by +, such as uw+pcgrad; defaults to pcgrad.")
  var method: String?

  @Option(parsing: .unconditional, help: "The number of threads of libtorch's kernels.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(parsing: .unconditional, help: "The number of repetitions of each measurement.")
  var rounds = 10

  @Flag(help: "Measure the operators once for every line on standard input, and answer with JSON.")
  var serve = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads is \(threads), but has to be from 1 to 1024.")
    }
    guard rounds > 0 else { throw ValidationError("--rounds is \(rounds), but has to be at least 1.") }
    guard training || method == nil else {
      throw ValidationError("--method is that of a training step, which --training measures.")
    }
    guard !(training && serve) else { throw ValidationError("--serve measures the operators: leave out --training.") }
  }

  func run() throws {
    LoadTimeSettings.apply()
    if training { return try measureStep() }
    let benchmark = DetectionBenchmark(threads: threads)
    _ = benchmark.measure()
    if serve { return try MeasurementServer.serve { benchmark.measure() } }
    let all = (0..<rounds).map { _ in benchmark.measure() }
    for (index, name) in DetectionBenchmark.cases.enumerated() {
      print("\(name): \(Timings(all.map { $0[index] }).milliseconds)")
    }
  }

  private func measureStep() throws {
    let method = method ?? "pcgrad"
    let benchmark = try DetectionStepBenchmark(method, threads: threads)
    var (steps, passes) = (Timings(), Timings())
    for _ in 0..<2 { benchmark.passes(after: try benchmark.step()) }
    var report = try benchmark.step()
    for _ in 0..<rounds {
      try steps.measure { report = try benchmark.step() }
      passes.measure { benchmark.passes(after: report) }
    }
    print("a step of the narrow robot-vision system with \(method), 128x160, batch 2, \(threads) threads")
    print("step:  \(steps.milliseconds)")
    print("floor: \(passes.milliseconds), \(benchmark.floor.description(taskCount: benchmark.taskCount))")
    print("ratio: \(steps.ratio(to: passes))")
  }
}
