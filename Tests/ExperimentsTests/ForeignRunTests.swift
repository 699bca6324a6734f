import Foundation
import Support
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// Runs and studies of others are input, too: names do not lead out of a folder, and numbers stop no process.
@Suite(.serialized) struct ForeignRunTests {
  private func micro(_ changes: [String] = []) throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32", "network.encoder=vit_micro",
      "training.steps=3", "training.batchSize=2", "training.evaluateEvery=0", "run.threads=1",
      "data.tasks=[depth, normals]", "diagnostics.every=1",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  /// A finished run, in a folder that goes away.
  private func withRun(_ body: (RunFolder) throws -> Void) throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try TrainingSession(micro(), folder: folder, existing: .refuse).run { false }
      try body(folder)
    }
  }

  private func replace(_ text: String, with other: String, in file: URL) throws {
    let content = try String(contentsOf: file, encoding: .utf8)
    #expect(content.contains(text), "\(file.lastPathComponent) has no \(text)")
    try Data(content.replacing(text, with: other).utf8).write(to: file)
  }

  private static let names = [
    "x/../../../../pwned", "..", ".", "/etc/passwd", "a/b", "a\\b", "", "input", "a b", "a\nb", "a\0b", "a.png",
    "<script>", "x\u{202E}y", String(repeating: "a", count: 101),
  ]

  @Test(arguments: names) func otherNamesAreNoTasks(_ name: String) {
    #expect(!VisionTask.isName(name))
    #expect(throws: FileError.self) {
      try VisionTask.check(names: ["depth", name], of: URL(fileURLWithPath: "/tasks.json"))
    }
  }

  @Test func namesOfTasksAreLettersAndDigits() throws {
    let file = URL(fileURLWithPath: "/tasks.json")
    for name in ["depth", "surface-normals_2", "Größe", "入力", String(repeating: "a", count: 100)] {
      #expect(VisionTask.isName(name), "\(name)")
    }
    #expect { try VisionTask.check(names: ["a", "a"], of: file) } throws: { "\($0)".contains("names a task twice") }
    for kind in [
      VisionTask.Kind.segmentation(classes: []), .segmentation(classes: (0..<256).map { "\($0)" }),
      .quantities(count: 0), .quantities(count: .max), .quantities(count: -1),
    ] {
      #expect { try VisionTask.check([VisionTask("a", kind)], of: file) } throws: { "\($0)".contains("are possible") }
    }
    try VisionTask.check([VisionTask("a", .segmentation(classes: ["</script>"]))], of: file)
  }

  @Test func aRunsTasksAreChecked() throws {
    try withRun { folder in
      let (tasks, configuration) = (try Data(contentsOf: folder.tasks), try Data(contentsOf: folder.configuration))
      let names = try Data(contentsOf: folder.names)
      for name in ["x/../../../../pwned", "input", "a b"] {
        try replace("\"name\":\"normals\"", with: "\"name\":\"\(name)\"", in: folder.tasks)
        try replace("[depth, normals]", with: "[depth, \"\(name)\"]", in: folder.configuration)
        #expect { _ = try TrainedRun(folder, checkpoint: .last) } throws: {
          "\($0)".contains("tasks.json") && "\($0)".contains("has to be named with letters, digits")
        }
        // The names lead to files, whichever file they come from.
        try Data(#"{"losses":["depth"],"evaluated":["depth","\#(name)"]}"#.utf8).write(to: folder.names)
        #expect { try RunReport(folder).write() } throws: {
          "\($0)".contains("names.json") && "\($0)".contains("has to be named with letters, digits")
        }
        try FileManager.default.removeItem(at: folder.names)
        #expect { try RunReport(folder).write() } throws: {
          "\($0)".contains("config.yaml") && "\($0)".contains("has to be named with letters, digits")
        }
        try names.write(to: folder.names)
        try tasks.write(to: folder.tasks)
        try configuration.write(to: folder.configuration)
      }
      // A kind that no network can predict.
      let task = #"{"name":"normals","kind":{"quantities":{"count":9000000000000000000}}}"#
      try Data(#"[{"name":"depth","kind":{"depth":{}}},\#(task)]"#.utf8).write(to: folder.tasks)
      #expect { _ = try TrainedRun(folder, checkpoint: .last) } throws: { "\($0)".contains("1 to 3 are possible") }
    }
  }

  /// A checkpoint's name for its tensors is read, and later removed.
  @Test(arguments: [
    "../../secret.safetensors", "..", "last-1.safetensors/../../x.safetensors", "/etc/x.safetensors", "x.safetensors",
    "last-.safetensors",
  ])
  func checkpointsNameTheirOwnTensors(_ name: String) throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      try FileManager.default.createFolder(folder.checkpoints)
      let escaped = name.replacing("/", with: "\\/")
      try Data(#"{"step":1,"tensors":"\#(escaped)","method":""}"#.utf8)
        .write(to: folder.checkpoints.appendingPathComponent("last.json"))
      #expect { try Checkpoint.load(.last, in: folder) } throws: { "\($0)".contains("is no checkpoint") }
    }
  }

  @Test func aDamagedCheckpointKeepsItsTensors() throws {
    try withRun { folder in
      let best = folder.checkpoints.appendingPathComponent("best.json")
      let tensors = folder.checkpoints.appendingPathComponent(try Checkpoint.load(.best, in: folder).tensors)
      try Data("{".utf8).write(to: best)
      _ = try TrainingSession(nil, folder: folder, existing: .resume).run { false }
      #expect(FileManager.default.fileExists(atPath: tensors.path))
    }
  }

  @Test func damagedTensorsAreNamed() throws {
    try withRun { folder in
      let tensors = folder.checkpoints.appendingPathComponent(try Checkpoint.load(.best, in: folder).tensors)
      let whole = try Data(contentsOf: tensors)
      func complaint() -> String {
        do { _ = try TrainedRun(folder, checkpoint: .best) } catch { return "\(error)" }
        return "nothing"
      }
      try whole.dropLast(1000).write(to: tensors)
      #expect(complaint().contains("the file is truncated") && complaint().contains("--checkpoint last"))
      let file = try { () -> [(String, Tensor)] in
        try whole.write(to: tensors)
        let file = try SafetensorsFile(contentsOf: tensors)
        return try file.names.map { ($0, try file.tensor($0).copied()) }
      }()
      let name = "network.backbone.pos_embed"
      #expect(file.contains { $0.0 == name })
      try Safetensors.write(
        file.map { $0.0 == name ? ($0.0, $0.1 * .nan) : $0 }, metadata: [:], to: tensors)
      #expect(complaint().contains("'\(name)' holds numbers that are not finite"), "\(complaint())")
      try Safetensors.write(
        file.map { $0.0 == name ? ($0.0, $0.1.to(.int32)) : $0 }, metadata: [:], to: tensors)
      #expect(complaint().contains("is int32, but the configuration's network has float32"), "\(complaint())")
    }
  }

  // MARK: Numbers

  /// Everything that reads a run gives an error that names the file.
  private func expectRefusal(_ folder: RunFolder, of file: URL, _ damage: String) throws {
    #expect("\(damage)") {
      _ = try TrainingSession(nil, folder: folder, existing: .resume).run { false }
    } throws: { "\($0)".contains(file.lastPathComponent) }
  }

  @Test func damagedNumbersAreNamed() throws {
    try withRun { folder in
      let last = folder.checkpoints.appendingPathComponent("last.json")
      let damages: [(file: URL, text: String, other: String)] = [
        (last, "\"step\":3", "\"step\":-3"), (last, "\"step\":3", "\"step\":9223372036854775808"),
        (last, "\"step\":3", "\"step\":3.5"), (last, "\"step\":3", "\"step\":\"nan\""),
        (folder.metrics, "\"step\":2", "\"step\":-2"), (folder.metrics, "\"step\":2", "\"step\":9223372036854775808"),
        (folder.metrics, "\"step\":2", "\"step\":1e400"),
        (folder.metrics, "\"gradientNorms\":[", "\"gradientNorms\":[1,"),
        (folder.metrics, "\"cosines\":[[", "\"cosines\":[[1,"),
        (folder.metrics, "\"losses\":{\"depth\"", "\"losses\":{\"../x\""),
        (folder.baseline, "\"task\":\"depth\"", "\"task\":\"../x\""), (folder.baseline, "\"name\":", "\"nome\":"),
      ]
      for damage in damages {
        let whole = try Data(contentsOf: damage.file)
        try replace(damage.text, with: damage.other, in: damage.file)
        try expectRefusal(folder, of: damage.file, "\(damage.other)")
        try whole.write(to: damage.file)
      }
      for content in [#"{"tasks":[]}"#, #"{"tasks":[{"task":"depth","loss":1,"metrics":[]}]}"#, ""] {
        let whole = try Data(contentsOf: folder.baseline)
        try Data(content.utf8).write(to: folder.baseline)
        try expectRefusal(folder, of: folder.baseline, content)
        try whole.write(to: folder.baseline)
      }
      // Nothing was changed by any of them.
      _ = try TrainingSession(nil, folder: folder, existing: .resume).run { false }
    }
  }

  /// A checkpoint and a log that agree on a step that the training does not have.
  @Test func stepsBeyondTheTrainingAreNamed() throws {
    try withRun { folder in
      let last = folder.checkpoints.appendingPathComponent("last.json")
      try replace("\"step\":3", with: "\"step\":4611686018427387904", in: last)
      try replace("\"step\":3", with: "\"step\":4611686018427387904", in: folder.metrics)
      #expect { _ = try TrainingSession(nil, folder: folder, existing: .resume) } throws: {
        "\($0)".contains("step 4611686018427387904, but training.steps in config.yaml is 3")
      }
    }
  }

  @Test(arguments: ["steps", "peakBytes", "secondsPerStep", "lookCount"])
  func impossibleSummariesAreNone(_ field: String) throws {
    try withTemporaryFolder { url in
      let fields = ["steps": "3", "peakBytes": "1", "secondsPerStep": "0.5", "lookCount": "0"]
      for value in ["-1", "9223372036854775808", "1e999", "\"nan\"", "null"] {
        let own = fields.merging([field: value]) { $1 }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
        try Data("{\"trainingSeconds\":1,\"lookSeconds\":0,\(own)}".utf8)
          .write(to: url.appendingPathComponent("summary.json"))
        // As a time, this is only long.
        if field == "secondsPerStep", value == "9223372036854775808" { continue }
        #expect("\(field) \(value)") { try RunSummary.load(RunFolder(url)) } throws: {
          "\($0)".contains("is no summary of a run")
        }
      }
    }
  }

  /// What is not finite does not stop a training, and is there when the log is read again.
  @Test func looksThatAreNotFiniteAreKept() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      let log = try MetricsLog(folder, tasks: ["depth"], keepingThrough: 0)
      let text =
        #"{"kind":"step","step":1,"losses":{},"weights":{},"learningRate":1,"seconds":1,"waitSeconds":0,"affinity":[[1]]}"#
      guard case .step(var record) = try JSONDecoder().decode(LogRecord.self, from: Data(text.utf8)) else { return }
      record.affinity = [[.infinity]]
      try log.observe(.step(record))
      #expect(try MetricsLog.read(folder) == [.step(record)])
    }
  }
}
