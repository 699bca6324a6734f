import ArgumentParser
import Experiments
import Foundation

struct BenchGates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gates",
    abstract:
      "Measure task gates: the inference of a pruned network, and a training step, beside single-task networks.",
    discussion: """
      Inference: networks with random gates are pruned, and are measured in alternation with the unpruned one, hard \
      sharing, and a single-task network for each task. A training step is measured in relation to its parts: for T tasks, \
      T + 1 steps of a single-task network, one for each copy of a layer.
      """)

  @Option(help: "The name of the encoder.")
  var encoder = "resnet18_dilated"

  @Option(help: "The kind of decoders as a configuration has it.")
  var decoder = "multi-scale"

  @Option(parsing: .unconditional, help: "The number of tasks, T.")
  var tasks = 3

  @Option(parsing: .unconditional, help: "The height and width of the images in pixels, such as 256 or 128x160.")
  var size = ImageSides(256)

  @Option(
    parsing: .upToNextOption,
    help: "The fractions of channels that each task has for itself, a pruned network for each.")
  var own = [0.5, 0.25, 0.1]

  @Flag(help: "Measure a training step instead of inference.")
  var training = false

  @OptionGroup var options: StepOptions

  func validate() throws {
    try options.check(size, tasks: tasks)
    guard tasks > 1 else { throw ValidationError("--tasks has to be above 1.") }
    guard own.allSatisfy({ (0...1).contains($0) }) else {
      throw ValidationError("--own has to be fractions from 0 to 1, such as 0.5 0.25.")
    }
  }

  func run() throws {
    LoadTimeSettings.apply()
    let text = "\(encoder), \(decoder), \(size), batch \(options.batch), \(tasks) tasks, \(options.threads) threads"
    if training { try measureTraining(text) } else { try measureInference(text) }
    print(String(format: "peak memory: %.0f MB", Double(ProcessMemory.peak) / 1e6))
  }

  private func network(sharing: String) throws -> BenchmarkNetwork {
    try BenchmarkNetwork(encoder: encoder, sharing: sharing, decoder: decoder, height: size.height, width: size.width)
  }

  private func measureInference(_ text: String) throws {
    let benchmark = try GateBenchmark(
      network(sharing: "hard"), taskCount: tasks, batchSize: options.batch, threads: options.threads)
    print("inference of \(text)")
    for fraction in own {
      let (gated, pruned) = try benchmark.networks(ownFraction: fraction)
      let subjects = [benchmark.single, benchmark.hard, gated, pruned]
      var timings = subjects.map { _ in Timings() }
      for _ in 0..<2 { for subject in subjects { subject.predict() } }
      for _ in 0..<options.rounds {
        for index in subjects.indices { timings[index].measure { subjects[index].predict() } }
      }
      print("own channels: \(fraction)")
      for (subject, timing) in zip(subjects, timings) {
        let flops = String(format: "%.3f", Double(subject.flops) / Double(benchmark.single.flops))
        print("  \(subject.name): \(timing.milliseconds), FLOPs \(flops), time \(timing.ratio(to: timings[0]))")
      }
    }
  }

  private func measureTraining(_ text: String) throws {
    let gated = try StepBenchmark(
      BenchmarkMethod("equal", taskCount: tasks), network(sharing: "gates"), batchSize: options.batch,
      threads: options.threads)
    let single = try StepBenchmark(
      BenchmarkMethod("equal", taskCount: 1), network(sharing: "hard"), batchSize: options.batch,
      threads: options.threads)
    var (steps, parts) = (Timings(), Timings())
    for _ in 0..<2 {
      try gated.step()
      try single.step()
    }
    for _ in 0..<options.rounds {
      try steps.measure { try gated.step() }
      try parts.measure { for _ in 0...tasks { try single.step() } }
    }
    print("a training step of \(text)")
    print("step:  \(steps.milliseconds), \(gated.parameterCount) parameters")
    print("parts: \(parts.milliseconds), \(tasks + 1) steps of a network of \(single.parameterCount) parameters")
    print("ratio: \(steps.ratio(to: parts))")
  }
}
