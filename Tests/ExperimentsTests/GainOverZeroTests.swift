import Foundation
import TestSupport
import Testing

import Experiments

/// A study in which a single-task network is perfect, or useless.
@Suite struct GainOverZeroTests {
  /// Writes what a finished run leaves.
  private func finish(_ run: StudyRun, in folder: StudyFolder, _ values: [String: Double]) throws {
    let runFolder = folder.run(run)
    try FileManager.default.createDirectory(at: runFolder.url, withIntermediateDirectories: true)
    let tasks = values.sorted { $0.key < $1.key }.map { task, value in
      """
      {"task":"\(task)","loss":1,"metrics":[{"name":"score","value":\(value),"direction":"lowerIsBetter"}]}
      """
    }
    let step =
      "{\"kind\":\"step\",\"step\":4,\"losses\":{},\"weights\":{},\"learningRate\":1,\"seconds\":1,\"waitSeconds\":0}"
    let evaluation =
      "{\"kind\":\"evaluation\",\"step\":4,\"score\":0,\"evaluation\":{\"tasks\":[\(tasks.joined(separator: ","))]}}"
    try Data((step + "\n" + evaluation + "\n").utf8).write(to: runFolder.metrics)
    let summary =
      "{\"steps\":4,\"secondsPerStep\":0.5,\"trainingSeconds\":1,\"lookCount\":0,\"lookSeconds\":0,\"peakBytes\":2000000}"
    try Data(summary.utf8).write(to: runFolder.summary)
  }

  @Test func tablesSayNothingOfAGainOverZero() throws {
    try withTemporaryFolder { url in
      let file = url.appendingPathComponent("study.yaml")
      let yaml = """
        seeds: [1]
        configuration:
          data: {tasks: [depth, normals], height: 32, width: 32}
          network: {encoder: vit_micro}
          training: {steps: 4}
        methods: {A: equal, B: uw}
        """
      try Data(yaml.utf8).write(to: file)
      let (study, folder) = (try Study(contentsOf: file), StudyFolder(url.appendingPathComponent("study")))
      for run in study.runs {
        let tasks = run.configuration.data.tasks
        let isSingle = tasks.count == 1
        try finish(
          run, in: folder, Dictionary(uniqueKeysWithValues: tasks.map { ($0, isSingle && $0 == "depth" ? 0 : 2) }))
      }
      let results = try StudyResults(study, folder: folder)
      #expect(results.candidates.count == 2)
      for row in results.candidates { #expect(results.deltaM(row) == nil && results.meanRank(row) != nil) }
      let table = StudyTable(results)
      for text in [table.allText, table.csv, table.markdown, table.latex] {
        #expect(!text.lowercased().contains("nan") && !text.contains("inf"), "\(text)")
      }
    }
  }
}
