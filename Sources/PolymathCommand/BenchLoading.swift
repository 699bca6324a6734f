import ArgumentParser
import Experiments
import Foundation

struct BenchLoading: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loading", abstract: "Measure the loading of samples from a folder in Polymath's format.")

  @Argument(help: "The folder.", completion: .directory)
  var folder: String

  @Option(help: "The height of random crops, in pixels; 0 leaves samples whole.")
  var cropHeight = 0

  @Option(help: "The width of random crops, in pixels; 0 leaves samples whole.")
  var cropWidth = 0

  @Option(help: "The number of samples in a batch.")
  var batch = 8

  @Option(help: "The number of threads that prepare batches.")
  var threads = 2

  @Option(help: "The number of epochs.")
  var rounds = 5

  @Flag(help: "Measure one epoch for every line on standard input, and answer with JSON.")
  var serve = false

  func validate() throws {
    guard cropHeight >= 0, cropWidth >= 0, (cropHeight == 0) == (cropWidth == 0) else {
      throw ValidationError("--crop-height and --crop-width have to be above 0, or both 0.")
    }
    guard batch > 0, (1...1024).contains(threads), rounds > 0 else {
      throw ValidationError("--batch, --threads and --rounds have to be above 0, --threads at most 1024.")
    }
  }

  func run() throws {
    LoadTimeSettings.apply()
    let benchmark = try LoadingBenchmark(
      URL(fileURLWithPath: folder), crop: cropHeight > 0 ? (cropHeight, cropWidth) : nil, batchSize: batch,
      threads: threads)
    guard benchmark.sampleCount >= batch else {
      throw ValidationError("The folder has \(benchmark.sampleCount) samples, fewer than a batch of \(batch).")
    }
    if serve { return try MeasurementServer.serve { try benchmark.measure() } }
    let seconds = try (0..<rounds).flatMap { _ in try benchmark.measure() }.sorted()
    print(
      String(
        format: "%.0f samples in a second (%.0f to %.0f), %d threads; peak memory: %.0f MB",
        1 / seconds[seconds.count / 2], 1 / seconds[seconds.count - 1], 1 / seconds[0], threads,
        Double(ProcessMemory.peak) / 1e6))
  }
}
