import Foundation
import SwiftProtobuf
import TestSupport
import Testing

import Experiments

/// Event files of runs that were killed: every step is there once.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ResumedEventsTests {
  private func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map(folder.appendingPathComponent)
  }

  /// What a reader without any care sees.
  private func events(_ file: URL) throws -> [Polymath_Tensorboard_Event] {
    var data = try Data(contentsOf: file)
    var events: [Polymath_Tensorboard_Event] = []
    while !data.isEmpty {
      let length = data.prefix(8).withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
      let payload = Data(data.dropFirst(12).prefix(length))
      #expect(data.count >= 16 + length && payload.count == length)
      events.append(try Polymath_Tensorboard_Event(serializedBytes: payload))
      data = Data(data.dropFirst(16 + length))
    }
    return events
  }

  private func steps(_ folder: URL) throws -> [Int64] {
    try files(folder).flatMap(events).filter { $0.summary.value.contains { $0.tag.hasPrefix("loss/") } }.map(\.step)
  }

  private func record(_ step: Int) throws -> LogRecord {
    let text =
      #"{"kind":"step","step":\#(step),"losses":{"depth":1},"weights":{},"learningRate":1,"seconds":1,"waitSeconds":0}"#
    return try JSONDecoder().decode(LogRecord.self, from: Data(text.utf8))
  }

  @Test func stepsThatAreRepeatedAreCutOff() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      try FileManager.default.createDirectory(at: folder.tensorBoard, withIntermediateDirectories: true)
      func session(after step: Int, through last: Int) throws {
        let log = try TensorBoardLog(folder, tasks: ["depth"], keepingThrough: step)
        for step in (step + 1)...last { try log.observe(record(step)) }
      }
      let foreign = folder.tensorBoard.appendingPathComponent("events.out.tfevents.9.host")
      try Data("another tool's".utf8).write(to: foreign)
      try session(after: 0, through: 5)
      // The process dies within a record.
      let first = try #require(try files(folder.tensorBoard).first { $0.lastPathComponent.hasSuffix(".polymath") })
      let whole = try Data(contentsOf: first)
      try (whole + whole.suffix(20)).write(to: first)
      try session(after: 3, through: 7)
      try session(after: 3, through: 4)
      try session(after: 4, through: 6)
      #expect(try Data(contentsOf: foreign) == Data("another tool's".utf8))
      try FileManager.default.removeItem(at: foreign)

      #expect(try files(folder.tensorBoard).count == 4)
      #expect(try steps(folder.tensorBoard) == [1, 2, 3, 4, 5, 6])
      // TensorBoard forgets what it has read of a session's first step and later ones.
      let starts = try files(folder.tensorBoard).flatMap(events).filter { $0.sessionLog.status == .start }.map(\.step)
      #expect(starts == [1, 4, 5])
    }
  }

  @Test func damagedRecordsEndAFile() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      try FileManager.default.createDirectory(at: folder.tensorBoard, withIntermediateDirectories: true)
      let log = try TensorBoardLog(folder, tasks: ["depth"], keepingThrough: 0)
      for step in 1...4 { try log.observe(record(step)) }
      let file = try files(folder.tensorBoard)[0]
      let whole = try Data(contentsOf: file)
      var generator = SystemRandomNumberGenerator()
      for _ in 0..<200 {
        var damaged = whole
        damaged[Int.random(in: 0..<whole.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
        try damaged.prefix(.random(in: 0...whole.count, using: &generator)).write(to: file)
        _ = try TensorBoardLog(folder, tasks: ["depth"], keepingThrough: 4)
        let kept = try events(file)
        #expect(
          kept.filter { !$0.summary.value.isEmpty }.map(\.step)
            == (1...4).prefix(max(0, kept.count - 2)).map { Int64($0) })
        for other in try files(folder.tensorBoard) where other != file { try FileManager.default.removeItem(at: other) }
      }
    }
  }

  @Test func killedRunsHaveEveryStepOnce() throws {
    try withTemporaryFolder { folder in
      let arguments = [
        "data.trainingCount=8", "data.validationCount=2", "data.height=32", "data.width=32", "data.tasks=[depth]",
        "network.encoder=vit_micro", "training.batchSize=2", "training.steps=60", "training.evaluateEvery=0",
        "training.checkpointEvery=20", "run.threads=1",
      ].flatMap { ["--set", $0] }
      let run = RunFolder(folder.appendingPathComponent("run"))
      let process = try Command.start(["train", "--out", "run"] + arguments, in: folder).process
      while process.isRunning, ((try? MetricsLog.read(run).count) ?? 0) < 28 { usleep(2000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let step = try Checkpoint.load(.last, in: run).step
      #expect(step == 20 || step == 40)
      let resumed = try Command.run(["train", "--resume", "--out", "run"], in: folder)
      #expect(resumed.succeeded, "\(resumed.errors)")
      #expect(try steps(run.tensorBoard) == (1...60).map { Int64($0) })
      let latest = try #require(try files(run.tensorBoard).last)
      let start = try #require(try events(latest).first { $0.sessionLog.status == .start })
      #expect(start.step == Int64(step + 1))
    }
  }
}
