import Experiments
import Foundation

/// A study whose methods are named by somebody who means harm, with finished runs.
enum HostileNames {
  static let labels = [
    "<script>document.title='XSS1'</script>", "</script><script>document.title='XSS2'</script>", "<!--<script>",
    "a\"onmouseover=alert(1) x='", "=cmd|'/c calc'!A1", "a|b & c_d % $x$ \\input{/etc/passwd} # {",
    "../../../escape", "x\ny",
  ]

  static func study(in folder: StudyFolder) throws -> Study {
    let methods = try labels.map { "  \(String(decoding: try JSONEncoder().encode($0), as: UTF8.self)): equal" }
    let yaml = """
      seeds: [1]
      baselines: false
      configuration:
        data: {tasks: [depth, normals], height: 32, width: 32}
        network: {encoder: vit_micro}
        training: {steps: 2}
      methods:

      """
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    let file = folder.url.appendingPathComponent("study.yaml")
    try Data((yaml + methods.joined(separator: "\n")).utf8).write(to: file)
    let study = try Study(contentsOf: file)
    for run in study.runs { try finish(run, in: folder) }
    return study
  }

  /// Writes what a finished run leaves.
  private static func finish(_ run: StudyRun, in folder: StudyFolder) throws {
    let runFolder = folder.run(run)
    try FileManager.default.createDirectory(at: runFolder.url, withIntermediateDirectories: true)
    let step =
      #"{"kind":"step","step":2,"losses":{"depth":1,"normals":2},"weights":{},"learningRate":1,"seconds":1,"waitSeconds":0}"#
    let tasks = run.configuration.data.tasks.map {
      #"{"task":"\#($0)","loss":1,"metrics":[{"name":"<!--<script>","value":1,"direction":"lowerIsBetter"}]}"#
    }
    let evaluation =
      #"{"kind":"evaluation","step":2,"score":0,"evaluation":{"tasks":[\#(tasks.joined(separator: ","))]}}"#
    try Data((step + "\n" + evaluation + "\n").utf8).write(to: runFolder.metrics)
    let summary =
      #"{"steps":2,"secondsPerStep":0.5,"trainingSeconds":1,"lookCount":0,"lookSeconds":0,"peakBytes":2000000}"#
    try Data(summary.utf8).write(to: runFolder.summary)
  }
}
