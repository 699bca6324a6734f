import ArgumentParser
import Experiments
import Foundation
import MultitaskLearning
import Support
import Torch
import VisionData
import VisionMetrics
import VisionNetworks

/// Reads a subject's inputs one after another, until it is done or dies.
struct Worker: ParsableCommand {
  static let configuration = CommandConfiguration(shouldDisplay: false)

  @Argument var subject: String
  @Argument var seed: UInt64
  @Argument var first: Int
  @Argument var end: Int
  @Argument var seconds: Double
  @Option var progress: String
  @Option var folder: String
  @Option var out: String

  func run() throws {
    let progress = try Progress(URL(fileURLWithPath: progress))
    let findings = FindingFolder(URL(fileURLWithPath: out))
    Runtime.threadCount = 1
    let subject = try Subjects.make(subject, in: URL(fileURLWithPath: folder))
    let key = self.subject.utf8.reduce(UInt64(seed)) { ($0 &* 31) &+ UInt64($1) }
    // What is made once for all inputs counts for none.
    _ = Self.outcome(of: [], read: subject.read)
    var memory = MemoryWatch()
    memory.limitAddresses(toGrowBy: Limits.addressBytes)
    let deadline = Date() + seconds
    for index in first..<end {
      if index % 64 == 0, Date() > deadline { break }
      var generator = SeededGenerator(keys: key, UInt64(index))
      let input = Array(subject.input(using: &generator).prefix(Limits.inputBytes))
      _ = memory.growth()
      progress.begin(input, index: index)
      let outcome = Self.outcome(of: input, read: subject.read)
      var violation = outcome.violation
      if progress.processorSeconds > Limits.seconds {
        violation = "takes \(progress.processorSeconds) seconds"
      }
      let growth = memory.growth()
      if growth > Limits.memoryBytes(inputCount: input.count) {
        violation = "takes \(growth >> 20) MB of memory for \(input.count) bytes"
      }
      if let violation {
        progress.countViolation()
        try findings.keep(input, subject: self.subject, index: index, reason: violation)
        if progress.violations >= Limits.findings { break }
      } else if outcome.isAccepted {
        progress.countAccepted()
      } else {
        progress.countRefused()
      }
    }
    progress.finish()
  }

  /// What reading an input gave, where it gave anything.
  struct Outcome {
    var isAccepted = false
    /// What must not be.
    var violation: String?
  }

  static func outcome(of input: [UInt8], read: ([UInt8]) throws -> Void) -> Outcome {
    do {
      try read(input)
      return Outcome(isAccepted: true)
    } catch let violation as Violation {
      return Outcome(violation: violation.description)
    } catch {
      return Outcome(violation: complaint(about: error))
    }
  }

  /// Errors are made for people: of the library's own kinds, and short.
  private static func complaint(about error: any Error) -> String? {
    let text = "\(error)"
    let isOwn =
      error is FileError || error is DatasetRequestError || error is COCOMaskError || error is ConfigurationError
      || error is MethodError || error is NoDirectionError || error is NonFiniteError || error is TorchError
      || error is TrainingError || error is NetworkError || error is RegistryError
    guard isOwn else {
      return "is refused by an error that is not the library's: \(type(of: error)), \(text.prefix(300))"
    }
    guard text.utf8.count <= Limits.messageLength else {
      return "is refused in \(text.utf8.count) bytes: \(text.prefix(300))…"
    }
    return nil
  }
}
