import Foundation
import TestSupport
import Testing
import Torch

/// Studies as processes: interrupted, resumed, with a method that fails.
@Suite(.serialized, .timeLimit(.minutes(5))) struct CompareTests {
  private let study = """
    seeds: [1, 2]
    configuration:
      run: {threads: 1}
      data: {tasks: [depth, normals], trainingCount: 8, validationCount: 2, height: 32, width: 32}
      network: {encoder: vit_micro}
      training: {steps: 80, batchSize: 2, evaluateEvery: 0, checkpointEvery: 5}
    methods:
      GD: equal
      PCGrad: pcgrad
    """

  private func metrics(_ folder: URL) throws -> [String: String] {
    let runs = folder.appendingPathComponent("study/runs")
    return try Dictionary(
      uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: runs.path).map { name in
        let text = try String(contentsOf: runs.appendingPathComponent("\(name)/metrics.jsonl"), encoding: .utf8)
        // Everything but times.
        let lines = text.split(separator: "\n").map {
          $0.replacing(#/"(seconds|waitSeconds)":[0-9.e-]+/#, with: "")
        }
        return (name, lines.joined(separator: "\n"))
      })
  }

  @Test func interruptedStudiesGoOn() throws {
    try withTemporaryFolder { whole in
      try withTemporaryFolder { folder in
        for place in [whole, folder] { try Data(study.utf8).write(to: place.appendingPathComponent("study.yaml")) }
        let all = try Command.run(["compare", "study.yaml", "--out", "study"], in: whole)
        #expect(all.succeeded, "\(all.errors)")
        #expect(all.output.contains("PCGrad") && all.output.contains("single task") && all.output.contains("Δm"))

        // Stopped politely in the middle, killed, then finished.
        for signal in [SIGTERM, SIGINT] {
          let process = try Command.start(["compare", "study.yaml", "--out", "study"], in: folder)
          Thread.sleep(forTimeInterval: 1.3)
          kill(process.process.processIdentifier, signal)
          process.process.waitUntilExit()
          let errors = try String(contentsOf: process.errors, encoding: .utf8)
          #expect(process.process.terminationStatus == 128 + signal, "\(errors)")
        }
        let dry = try Command.run(["compare", "study.yaml", "--out", "study", "--dry-run"], in: folder)
        #expect(dry.output.contains("of 8 runs are missing") && !dry.output.contains("8 of 8"))
        let rest = try Command.run(["compare", "study.yaml", "--out", "study"], in: folder)
        #expect(rest.succeeded && rest.errors.contains("finished already"), "\(rest.errors)")
        #expect(try metrics(whole) == metrics(folder))

        // Nothing is left to do.
        let again = try Command.run(["compare", "study.yaml", "--out", "study"], in: folder)
        #expect(again.succeeded && again.errors == "8 of 8 runs are finished already\n", "\(again.errors)")
      }
    }
  }

  @Test func oneFailureDoesNotStopTheOthers() throws {
    try withTemporaryFolder { folder in
      let failing = study.replacing(
        "  PCGrad: pcgrad",
        with: "  Wild: {set: {optimizer.learningRate: 900}}\n  UW: uw\n  Gates: {set: {network.sharing: gates}}"
      )
      .replacing("seeds: [1, 2]", with: "seeds: [1]\nbaselines: false\nkeepCheckpoints: false")
      try Data(failing.utf8).write(to: folder.appendingPathComponent("study.yaml"))
      let result = try Command.run(["compare", "study.yaml", "--out", "study"], in: folder)
      #expect(result.status == 1 && result.errors.contains("Wild, seed 1: step "), "\(result.errors)")
      #expect(result.errors.contains("is not finite") && result.output.contains("UW"))
      let runs = folder.appendingPathComponent("study/runs")
      for finished in ["gd-seed1", "gates-seed1", "gates-seed1/pruned"] {
        let names = try FileManager.default.contentsOfDirectory(atPath: runs.appendingPathComponent(finished).path)
        #expect(names.contains("config.yaml") && !names.contains("checkpoints"))
      }
      // The failed one keeps its last good checkpoint.
      #expect(
        FileManager.default.fileExists(atPath: runs.appendingPathComponent("wild-seed1/checkpoints/last.json").path))
    }
  }
}
