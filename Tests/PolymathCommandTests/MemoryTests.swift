import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct MemoryTests {
  /// Two thousand steps of a small network: after the first two hundred the resident memory does not grow.
  @Test func memoryStaysFlat() throws {
    try withTemporaryFolder { folder in
      let (process, _, _) = try Command.start(
        [
          "train", "--out", "run", "--method", "uw+pcgrad", "--set", "training.steps=2000", "--set",
          "data.trainingCount=8",
          "--set", "data.validationCount=2", "--set", "data.height=32", "--set", "data.width=32", "--set",
          "network.encoder=vit_micro", "--set", "training.batchSize=2", "--set", "training.evaluateEvery=500", "--set",
          "training.checkpointEvery=250", "--set", "run.threads=2",
        ], in: folder)
      let metrics = folder.appendingPathComponent("run/metrics.jsonl")
      var early: [Int] = []
      var late: [Int] = []
      while process.isRunning {
        let steps = ((try? Data(contentsOf: metrics)) ?? Data()).count { $0 == UInt8(ascii: "\n") }
        let pages = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8))
          .flatMap { Int($0.split(separator: " ")[1]) }
        if let pages, steps > 200 {
          if steps < 700 { early.append(pages * 4096) }
          if steps > 1500 { late.append(pages * 4096) }
        }
        usleep(50_000)
      }
      #expect(process.terminationStatus == 0)
      try #require(early.count > 5 && late.count > 5)
      let (before, after) = (early.sorted()[early.count / 2], late.sorted()[late.count / 2])
      // A tensor of 100 kB lost in every step would be 100 MB.
      #expect(after - before < 8 << 20, "from \(before >> 20) MB to \(after >> 20) MB")
    }
  }
}
