import ArgumentParser
import Foundation

/// What measurements of networks have in common: how large a batch is, and how it is measured.
struct StepOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The number of images in a batch.")
  var batch = 2

  @Option(parsing: .unconditional, help: "The number of threads of libtorch's kernels.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(parsing: .unconditional, help: "The number of repetitions of each measurement.")
  var rounds = 10

  /// - Throws: `ValidationError` for numbers of which no network is measured.
  func check(_ size: ImageSides, tasks: Int) throws {
    guard tasks > 0, size.height > 0, size.width > 0, batch > 0, threads > 0, rounds > 0 else {
      throw ValidationError("--tasks, --size, --batch, --threads and --rounds have to be above 0.")
    }
    guard tasks <= 1000, size.height <= 65_536, size.width <= 65_536, batch <= 65_536, threads <= 1024 else {
      throw ValidationError("--tasks has to be at most 1000, --size and --batch 65536, --threads 1024.")
    }
  }
}
