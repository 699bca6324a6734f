import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning

struct BenchStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract:
      "Measure a training step on random data, in relation to the passes through the network that it needs at least."
  )

  @Option(help: "Methods joined by +, such as uw+pcgrad.")
  var method = "equal"

  @Option(
    name: .customLong("set"),
    help: "A parameter of the method, such as method.schedule.mixture=phase2. Can be repeated.")
  var settings: [String] = []

  @Option(help: "The level of the gradients: parameters or features. A step at features is compared with a joint step.")
  var level = "parameters"

  @Option(help: "The name of the encoder.")
  var encoder = "vit_tiny_patch16_224"

  @Option(help: "The way of sharing as a configuration has it, such as mtan or {name: mtan, middle: full}.")
  var sharing = "hard"

  @Option(help: "The kind of decoders as a configuration has it.")
  var decoder = "multi-scale"

  @Option(parsing: .unconditional, help: "The number of tasks, K.")
  var tasks = 4

  @Option(parsing: .unconditional, help: "The height and width of the images in pixels, such as 224 or 128x160.")
  var size = ImageSides(224)

  @OptionGroup var options: StepOptions

  @Flag(help: "Measure one step for every line on standard input, and answer with JSON.")
  var serve = false

  func validate() throws { try options.check(size, tasks: tasks) }

  func run() throws {
    LoadTimeSettings.apply()
    let choice = try BenchmarkMethod(method, settings: settings, level: level, taskCount: tasks)
    let network = try BenchmarkNetwork(
      encoder: encoder, sharing: sharing, decoder: decoder, height: size.height, width: size.width)
    if choice.growsTokens { return try measureTokens(choice, network) }
    let benchmark = try StepBenchmark(choice, network, batchSize: options.batch, threads: options.threads)
    for _ in 0..<3 { try benchmark.step() }
    if serve {
      try MeasurementServer.serve {
        var timings = Timings()
        try timings.measure { try benchmark.step() }
        return timings.seconds
      }
      return
    }
    let floor = try self.floor(of: benchmark, network, choice.level)
    var report = try benchmark.step()
    try floor.run(report)
    var steps = Timings()
    var floors = Timings()
    for _ in 0..<options.rounds {
      try steps.measure { report = try benchmark.step() }
      try floors.measure { try floor.run(report) }
    }
    print(
      "\(method) at \(level), \(network.name), \(size), batch \(options.batch), \(tasks) tasks, \(options.threads) threads, \(benchmark.parameterCount) parameters"
    )
    print("step:  \(steps.milliseconds)")
    print("floor: \(floors.milliseconds), \(floor.name)")
    print("ratio: \(steps.ratio(to: floors))")
    if benchmark.floor == .jointForEachGroup {
      print(
        "groups: \(report.updateCount) in the last step; \(GroupingBenchmark(taskCount: tasks).summary)"
      )
    }
    print(String(format: "peak memory: %.0f MB", Double(ProcessMemory.peak) / 1e6))
  }

  /// Measures token modulation and expansion: the analysis of the tokens, and a step of the network that grew.
  private func measureTokens(_ choice: BenchmarkMethod, _ network: BenchmarkNetwork) throws {
    let benchmark = try TokenBenchmark(choice, network, batchSize: options.batch, threads: options.threads)
    let growth = benchmark.grow(after: try benchmark.analyze())
    benchmark.analysisPasses()
    for _ in 0..<2 {
      try benchmark.jointStep()
      try benchmark.grownStep()
      benchmark.blockPasses()
    }
    var (analyses, passes, joint, grown, blocks) = (Timings(), Timings(), Timings(), Timings(), Timings())
    for _ in 0..<options.rounds {
      try analyses.measure { _ = try benchmark.analyze() }
      passes.measure { benchmark.analysisPasses() }
      try joint.measure { try benchmark.jointStep() }
      try grown.measure { try benchmark.grownStep() }
      blocks.measure { benchmark.blockPasses() }
    }
    let predicted = Timings(
      zip(joint.seconds, blocks.seconds).map { benchmark.predictedSeconds(growth, joint: $0, blocks: $1) })
    print("\(method), \(network.name), \(size), batch \(options.batch), \(tasks) tasks, \(options.threads) threads")
    print("modulators before layers \(growth.modulatedLayers), tokens in layers \(growth.expandedLayers)")
    print("analysis of \(benchmark.batchCount) batches: \(analyses.milliseconds)")
    print("floor: \(passes.milliseconds), a forward and \(tasks) backward passes to the tokens for each")
    print("ratio: \(analyses.ratio(to: passes))")
    print("step afterwards: \(grown.milliseconds)")
    print(
      "predicted: \(predicted.milliseconds), from a joint step of \(joint.milliseconds) and \(blocks.milliseconds) in the blocks"
    )
    print("ratio: \(grown.ratio(to: predicted))")
  }

  /// The work that the step is compared with, and its description.
  private func floor(
    of benchmark: StepBenchmark, _ network: BenchmarkNetwork, _ level: GradientLevel
  ) throws -> (name: String, run: (StepReport) throws -> Void) {
    switch level {
    case .parameters:
      return (benchmark.floor.description(taskCount: tasks), { benchmark.passes(after: $0) })
    case .features:
      let joint = try StepBenchmark(
        BenchmarkMethod("equal", taskCount: tasks), network, batchSize: options.batch, threads: options.threads)
      return ("a joint step with equal weights", { _ in try joint.step() })
    }
  }
}

extension Timings {
  /// The median, the smallest and the largest time, in milliseconds.
  var milliseconds: String { String(format: "%.1f ms (%.1f to %.1f)", median * 1e3, minimum * 1e3, maximum * 1e3) }

  /// The median, the smallest and the largest ratio of times in the same round.
  func ratio(to other: Timings) -> String {
    let ratios = zip(seconds, other.seconds).map { $0 / $1 }.sorted()
    return String(format: "%.3f (%.3f to %.3f)", ratios[ratios.count / 2], ratios[0], ratios[ratios.count - 1])
  }
}
