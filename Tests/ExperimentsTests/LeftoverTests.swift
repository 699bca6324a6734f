import Foundation
import Support
import TestSupport
import Testing

import Experiments

/// What killed processes leave.
@Suite(.serialized) struct LeftoverTests {
  private func makeFile(_ url: URL) throws {
    try FileManager.default.createFolder(url.deletingLastPathComponent())
    try Data("half".utf8).write(to: url)
  }

  private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  private func micro() throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32", "network.encoder=vit_micro",
      "training.steps=2", "training.batchSize=2", "training.evaluateEvery=0", "run.threads=1", "data.tasks=[depth]",
    ] { try configuration.apply(assignment: change) }
    return configuration
  }

  /// The number of a process that has ended.
  private func deadProcess() throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }

  @Test func temporaryFilesOfTheDeadGo() throws {
    let living = Process()
    living.executableURL = URL(fileURLWithPath: "/bin/sleep")
    living.arguments = ["60"]
    try living.run()
    defer { living.terminate() }
    let dead = try deadProcess()
    try withTemporaryFolder { folder in
      func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let gone = [".config.yaml.\(dead).partial", ".last-1.safetensors.\(dead).partial", ".a.\(getpid()).partial"]
      let kept = [
        ".config.yaml.\(living.processIdentifier).partial", "config.yaml.\(dead).partial", ".mine.partial",
        ".x.\(dead).part", ".x.-1.partial", ".x.0.partial", ".x.99999999999999.partial",
      ]
      for name in gone + kept { try makeFile(file(name)) }
      AtomicFile.removeLeftovers(in: folder)
      for name in gone { #expect(!exists(file(name)), "\(name)") }
      for name in kept { #expect(exists(file(name)), "\(name)") }

      // A file that is being written is no leftover, whoever asks.
      try AtomicFile.write(to: file("written")) { written in
        AtomicFile.removeLeftovers(in: folder)
        try Data("all".utf8).withUnsafeBytes { try written.write($0) }
      }
      #expect(try Data(contentsOf: file("written")) == Data("all".utf8))
    }
  }

  /// A process that is killed before its configuration has its name leaves a folder that is free.
  @Test func foldersWithoutARunAreFree() throws {
    let dead = try deadProcess()
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      for name in [".lock", ".config.yaml.\(dead).partial", "checkpoints/.last.json.\(dead).partial"] {
        try makeFile(folder.url.appendingPathComponent(name))
      }
      for empty in [folder.predictions, folder.tensorBoard] { try FileManager.default.createFolder(empty) }
      try folder.requireFree()
      let session = try TrainingSession(micro(), folder: folder, existing: .refuse)
      #expect(try session.run { false } == .finished)
      let items = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
      #expect(!items.contains { $0.hasSuffix(".partial") })
      #expect(throws: FileError.self) { try folder.requireFree() }
    }
    try withTemporaryFolder { parent in
      for foreign in ["notes.txt", "checkpoints/mine.safetensors", "photos/.x.1.partial", ".hidden"] {
        let folder = RunFolder(parent.appendingPathComponent(UUID().uuidString))
        try makeFile(folder.url.appendingPathComponent(foreign))
        #expect(throws: FileError.self, "\(foreign)") { try folder.requireFree() }
      }
    }
  }

  @Test(arguments: [TrainingSession.ExistingRun.resume, .overwrite])
  func leftoversGoWithTheNextSession(_ existing: TrainingSession.ExistingRun) throws {
    let dead = try deadProcess()
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try TrainingSession(micro(), folder: folder, existing: .refuse).run { false }
      let leftovers = [
        ".metrics.jsonl.\(dead).partial", "checkpoints/.last.json.\(dead).partial",
        "predictions/.0-input.png.\(dead).partial", "predictions/pictures/.a-depth.png.\(dead).partial",
      ].map(folder.url.appendingPathComponent)
      for file in leftovers { try makeFile(file) }
      // What no run wrote is left alone.
      let mine = folder.checkpoints.appendingPathComponent("mine.safetensors")
      try makeFile(mine)
      _ = try TrainingSession(existing == .resume ? nil : micro(), folder: folder, existing: existing).run { false }
      for file in leftovers { #expect(!exists(file), "\(file.lastPathComponent)") }
      #expect(exists(mine) == (existing == .resume))
    }
  }

  /// A removal that nothing follows leaves a run, so that the same command can try again.
  @Test func whatIsLeftOfAnOverwrittenRunIsARun() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try TrainingSession(micro(), folder: folder, existing: .refuse).run { false }
      try makeFile(folder.url.appendingPathComponent("notes.txt"))
      try folder.removeResults()
      #expect(!exists(folder.metrics) && !exists(folder.checkpoints) && exists(folder.configuration))
      #expect(try TrainingSession(micro(), folder: folder, existing: .overwrite).run { false } == .finished)
    }
  }
}
