import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch
import VisionMetrics

import Experiments

@Suite struct StudyTests {
  private static let micro = """
      data: {tasks: [depth, normals], trainingCount: 8, validationCount: 2, height: 32, width: 32}
      network: {encoder: vit_micro}
      training: {steps: 4, batchSize: 2, evaluateEvery: 0, checkpointEvery: 0}
    """

  private func study(_ yaml: String) throws -> Study {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("study.yaml")
      try Data(yaml.utf8).write(to: file)
      return try Study(contentsOf: file)
    }
  }

  @Test func aFileNamesRuns() throws {
    let study = try study(
      """
      seeds: [4, 7]
      keepCheckpoints: false
      configuration:
      \(Self.micro)
      methods:
        GD: equal
        Both: uw+pcgrad
        CAGrad: {aggregator: {name: cagrad, c: 0.2}, level: features}
        Slow: {set: {optimizer.learningRate: 1e-4}}
      """)
    #expect(study.runs.count == 2 * 2 + 4 * 2)
    #expect(study.runs[0].name == "single-depth-seed4" && study.runs[0].configuration.data.tasks == ["depth"])
    #expect(study.candidates.map(\.label) == ["GD", "Both", "CAGrad", "Slow"])
    #expect(study.candidates[1].configuration.method.weighting.name == "uw")
    #expect(study.candidates[2].configuration.method.aggregator.settings == ["c": .number(0.2)])
    #expect(study.candidates[2].configuration.method.level == .features)
    #expect(study.candidates[3].configuration.optimizer.learningRate == 1e-4)
    #expect(study.runs.allSatisfy { $0.configuration.training.steps == 4 })
    #expect(Set(study.runs.map(\.configuration.run.seed)) == [4, 7])
    #expect(!study.keepsCheckpoints)
  }

  @Test(arguments: [
    ("methods: [equal]\nseed: [1]", "line 2: unknown field of a study 'seed'. Did you mean 'seeds'?"),
    ("methods: {A: pcgard}", "Did you mean 'pcgrad'?"),
    ("methods: {A: {aggregater: mgda}}", "Did you mean 'aggregator'?"),
    ("methods: {A: {set: {training.step: 3}}}", "Did you mean 'steps'?"),
    ("methods: {A: {set: 3}}", "'set' is '3', but has settings"),
    ("methods: {A: {aggregator: {name: cagrad, c: -1}}}", "'c' is -1, but has to be a number from 0"),
    ("methods: [equal]\nseeds: [1, 1]", "the seed 1 twice"),
    ("methods: [equal]\nseeds: one", "has to be a list of whole numbers from 0, such as"),
    ("methods: {A B: equal, A-B: uw}", "names are too similar"),
    ("seeds: [1]", "nothing to compare"),
    ("methods: {A: [equal]}", "line 1: 'A' has to be a method"),
    ("methods: [{aggregator: mgda}]", "needs a name"),
    ("methods: {A: {set: {data.height: 64}}}", "has other data than the study (there: height: 96, now: height: 64)"),
    ("methods: {A: {set: {network.weights: nowhere.safetensors}}}", "nowhere.safetensors: does not exist"),
    ("methods: [equal]\nconfiguration: {data: {tasks: [deep]}}", "unknown task 'deep'"),
    ("methods: {A: {set: {data.tasks: [depth]}}}", "has other data"),
    ("- methods", "a study has fields"),
    ("methods: {'': equal}", "need a name for its row"),
    ("methods: {single task: equal}", "need a name for its row"),
    ("methods: [equal]\nconfiguration: {run: {seed: 7}}", "the study's seeds take its place"),
    ("methods: {A: {set: {run.seed: 5}}}", "'A' has run.seed: 5"),
    ("methods: [equal]\nconfiguration: {network: {sharing: gates}}", "alone: gates is about several tasks"),
  ])
  func badFilesSayWhatIsWrong(_ yaml: String, _ message: String) {
    #expect("\(yaml)") { try study(yaml) } throws: { "\($0)".contains(message) }
  }

  @Test func statisticsOfSeeds() {
    #expect(Statistic([]) == nil)
    #expect(Statistic([3])?.deviation == nil)
    let statistic = Statistic([1, 2, 4])
    #expect(abs(statistic!.mean - 7.0 / 3) < 1e-12 && abs(statistic!.deviation! - 1.5275252316519) < 1e-12)
  }

  // MARK: Results

  /// Writes what a finished run leaves, with the metrics given.
  private func finish(
    _ run: StudyRun, in folder: StudyFolder, _ values: [String: Double], gds: Double? = nil, flops: Int? = nil
  ) throws {
    let runFolder = folder.run(run)
    try FileManager.default.createDirectory(at: runFolder.url, withIntermediateDirectories: true)
    try Data(run.configuration.yaml.utf8).write(to: runFolder.configuration)
    let steps = run.configuration.training.steps
    let tasks = values.sorted { $0.key < $1.key }.map { task, value in
      """
      {"task":"\(task)","loss":1,"metrics":[{"name":"score","value":\(value),"direction":"\(task == "depth" ? "lowerIsBetter" : "higherIsBetter")"}]}
      """
    }
    let look = gds.map {
      ",\"diagnostics\":{\"level\":\"features\",\"gds\":\($0),\"gms\":1,\"cosines\":[],\"gradientNorms\":[],\"modules\":[]}"
    }
    let step =
      "{\"kind\":\"step\",\"step\":\(steps),\"losses\":{},\"weights\":{},\"learningRate\":1,\"seconds\":1,\"waitSeconds\":0\(look ?? "")}"
    let evaluation =
      "{\"kind\":\"evaluation\",\"step\":\(steps),\"score\":0,\"evaluation\":{\"tasks\":[\(tasks.joined(separator: ","))]}}"
    try Data((step + "\n" + evaluation + "\n").utf8).write(to: runFolder.metrics)
    let summary =
      "{\"steps\":\(steps),\"secondsPerStep\":0.5,\"trainingSeconds\":1,\"lookCount\":0,\"lookSeconds\":0,\"peakBytes\":2000000\(flops.map { ",\"flops\":\($0)" } ?? "")}"
    try Data(summary.utf8).write(to: runFolder.summary)
  }

  private func example(in folder: StudyFolder) throws -> Study {
    let study = try study(
      "seeds: [1, 2]\nconfiguration:\n\(Self.micro)\nmethods: {A: equal, 'B & _C': uw, 'Open|$x$': rlw}")
    for (index, seed) in study.seeds.enumerated() {
      for run in study.runs where run.configuration.run.seed == seed {
        let shift = Double(index)
        switch run.name.split(separator: "-").dropLast().joined(separator: "-") {  // Runs of dashes become one.
        case "single-depth": try finish(run, in: folder, ["depth": 2 + shift])
        case "single-normals": try finish(run, in: folder, ["normals": 10])
        case "a": try finish(run, in: folder, ["depth": 1, "normals": 10 + shift], gds: 0.1 + shift)
        case "b-c": try finish(run, in: folder, ["depth": 4, "normals": 20], gds: 5)
        default: break
        }
      }
    }
    return study
  }

  /// Without single-task networks, a method is what gains are measured against; methods at both levels stand side by side.
  @Test func methodsAreComparedWithAReference() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let study = try study(
        """
        seeds: [1, 2]
        reference: Sum
        configuration:
        \(Self.micro)
        methods: {Sum: equal, P: pcgrad, 'P rep': {aggregator: pcgrad, level: features}, UW: uw}
        """)
      let depths = ["sum": 2.0, "p": 4, "p-rep": 3, "uw": 1]
      for run in study.runs {
        let name = run.name.split(separator: "-").dropLast().joined(separator: "-")
        let depth = try #require(depths[name])
        try finish(run, in: folder, ["depth": depth, "normals": 10 * depth], gds: depth)
      }
      let results = try StudyResults(study, folder: folder)
      #expect(results.reference?.label == "Sum" && results.baseline == nil)
      #expect(results.deltaM(results.candidates[0]) == nil)
      // Depth doubles, which is worse by 100 %; normals double, which is better by 100 %.
      #expect(results.deltaM(results.candidates[1]) == Statistic([0, 0]))
      let table = StudyTable(results)
      #expect(table.markdown.contains("### depth: change from parameters to features in %"))
      #expect(table.markdown.contains("| P rep | -25.0 ± 0.0 |"), "\(table.markdown)")
      #expect(table.markdown.contains("### Ranking similarity of results (3 methods; random orders give 0."))
      #expect(table.markdown.contains("| depth score | 1.00 | 1.00 |"))
      try StudyReport(study, folder: folder).write()
      let report = try String(contentsOf: folder.report, encoding: .utf8)
      for text in ["mean gain over\n'Sum'", "gds minus that of Sum: methods at the level of features"] {
        #expect(report.contains(text), "\(text)")
      }
    }
  }

  @Test func gainsRanksAndTables() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let study = try example(in: folder)
      let results = try StudyResults(study, folder: folder)
      let (a, b, open) = (results.candidates[0], results.candidates[1], results.candidates[2])
      // Seed 1: depth 2 → 1 (+50 %), normals 10 → 10 (0 %); seed 2: depth 3 → 1 (+66.7 %), normals 10 → 11 (+10 %).
      let gain = try #require(results.deltaM(a))
      #expect(abs(gain.mean - (25 + (200.0 / 3 + 10) / 2) / 2) < 1e-9)
      #expect(results.deltaM(b)!.mean < gain.mean)
      #expect(results.deltaM(open) == nil && results.meanRank(open) == nil)
      // Ranks are of seeds that all methods have finished.
      #expect(results.meanRank(a) == nil)
      var finished = study
      finished.candidates.removeLast()
      let all = try StudyResults(finished, folder: folder)
      // A is first in depth and second in normals, B the other way round.
      #expect(all.candidates.allSatisfy { all.meanRank($0) == Statistic([1.5, 1.5]) })
      // Of three distinct pairs of runs, larger GDS goes with worse depth wherever depth differs.
      #expect(results.rankingSimilarities().first { $0.diagnostic == "gds" }?.similarities.map(\.value) == [1, 1])

      let table = StudyTable(results)
      #expect(table.text.contains("Open|$x$ (0 of 2 seeds)"))
      #expect(table.text.contains("single task") && table.text.contains("+31.67"))
      #expect(table.markdown.contains("| A | **1 ± 0** |") && table.markdown.contains("### depth"))
      #expect(
        table.markdown.contains("| Open\\|$x$ (0 of 2 seeds) |") && table.latex.contains("Open\\textbar{}\\$x\\$"))
      #expect(table.latex.contains("B \\& \\_C") && table.latex.contains("\\toprule"))
      let lines = table.csv.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines[0].hasPrefix("method,seeds,depth.score.mean,depth.score.deviation,normals.score.mean"))
      #expect(lines[2].hasPrefix("A,2,1.0,0.0,10.5,0.7071067811865476"))
      #expect(lines[4].hasPrefix("Open|$x$,0,,"))

      #expect(table.latex.contains("$\\Delta$m \\%"))

      try StudyReport(study, folder: folder).write()
      for file in ["table.txt", "table.csv", "table.md", "table.tex", "report.html"] {
        #expect(FileManager.default.fileExists(atPath: url.appendingPathComponent(file).path), "\(file)")
      }
      let report = try String(contentsOf: folder.report, encoding: .utf8)
      #expect(report.contains("4 of 6 runs are finished") && report.contains("B &amp; _C"))

      // A finished run that lost its log is no result, and is not passed over.
      let metrics = folder.run(try #require(study.runs.first { $0.name == "a-seed1" })).metrics
      for damage in [{ try Data().write(to: metrics) }, { try FileManager.default.removeItem(at: metrics) }] {
        try damage()
        #expect { try StudyResults(study, folder: folder) } throws: {
          "\($0)".contains("is finished, but cannot be read") && "\($0)".contains("without this folder")
        }
        #expect {
          try FileManager.default.createFolder(url.appendingPathComponent("configurations"))
          _ = try StudyRunner(study, folder: folder, executable: url)
        } throws: { "\($0)".contains("is finished, but cannot be read") }
      }
    }
  }

  /// A method has one color everywhere, also when those before it are not finished.
  @Test func methodsKeepTheirColors() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      var study = try example(in: folder)
      study.candidates.insert(study.candidates.removeLast(), at: 0)
      try StudyReport(study, folder: folder).write()
      let report = try String(contentsOf: folder.report, encoding: .utf8)
      // The first color is that of the method without a run.
      #expect(report.contains("fill=\"#d9622b\"") && report.contains("fill=\"#2a9d62\""))
      #expect(!report.contains("fill=\"#2f6fde\""))
      #expect(report.contains("\"color\":1") && report.contains("\"color\":2") && !report.contains("\"color\":0"))
    }
  }

  @Test func theLineOfTradeOffsIsExplainedWhereThereIsOne() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let study = try example(in: folder)
      func report() throws -> String {
        try StudyReport(study, folder: folder).write()
        return try String(contentsOf: folder.report, encoding: .utf8)
      }
      let without = try report()
      #expect(without.contains("A point for each method") && !without.contains("The line joins"))

      // The better network costs more, so that both are on the line.
      for run in study.runs where run.configuration.run.seed == 1 {
        if run.name.hasPrefix("a-") { try finish(run, in: folder, ["depth": 1, "normals": 10], flops: 2000) }
        if run.name.hasPrefix("b-") { try finish(run, in: folder, ["depth": 4, "normals": 20], flops: 1000) }
      }
      #expect(try report().contains("The line joins"))
    }
  }

  @Test func aFolderOfAnotherStudyIsRefused() throws {
    try withTemporaryFolder { url in
      let folder = StudyFolder(url)
      let study = try example(in: folder)
      var other = study
      other.configuration.training.steps = 5
      #expect {
        _ = try StudyRunner(study, folder: folder, executable: url)
      } throws: { "\($0)".contains("is not empty, and holds no study") }
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent("configurations"), withIntermediateDirectories: true)
      _ = try StudyRunner(study, folder: folder, executable: url)
      #expect {
        _ = try StudyRunner(other, folder: folder, executable: url)
      } throws: { "\($0)".contains("another configuration (there: steps: 4") }
      // What a run was trained with has to be known.
      try FileManager.default.removeItem(at: folder.run(study.runs[0]).configuration)
      #expect {
        _ = try StudyRunner(study, folder: folder, executable: url)
      } throws: { "\($0)".contains("config.yaml: does not exist, though the run is finished") }
    }
  }
}
