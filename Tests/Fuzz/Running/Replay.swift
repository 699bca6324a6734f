import ArgumentParser
import Foundation
import Torch

/// Reads an input that was kept.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Read one input that was found.")

  @Argument(help: "SUBJECT-INDEX.input")
  var file: String

  @Option(help: "Where files are written that are read; a new folder when left out.")
  var folder: String?

  func run() throws {
    let url = URL(fileURLWithPath: file)
    let input = [UInt8](try Data(contentsOf: url))
    guard let name = Subjects.names.first(where: { url.lastPathComponent.hasPrefix($0 + "-") }) else {
      throw ValidationError("the name of the file has to begin with one of: \(Subjects.names.joined(separator: ", "))")
    }
    Runtime.threadCount = 1
    try inFolder { folder in
      try Subjects.prepare(name, in: folder)
      let subject = try Subjects.make(name, in: folder)
      let start = ContinuousClock.now
      do {
        try subject.read(input)
        print("accepted")
      } catch { print("\(error is Violation ? "violation" : "refused"): \("\(error)".prefix(2000))") }
      print("\(ContinuousClock.now - start)")
    }
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    guard let folder else { return try WorkFolder.with(body) }
    try body(URL(fileURLWithPath: folder))
  }
}
