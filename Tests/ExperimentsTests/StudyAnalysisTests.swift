import Foundation
import Support
import TestSupport
import Testing
import Torch

import Experiments

/// The tables and curves of a robust analysis, from runs whose numbers are known.
@Suite struct StudyAnalysisTests {
  private static let yaml = """
    seeds: [1, 2, 3]
    reference: Sum
    configuration:
      workload: {name: detection, channels: 8}
      data: {tasks: [objects], channels: rgbd, trainingCount: 4, validationCount: 2, height: 64, width: 64}
      network: {encoder: resnet18_quarter}
      diagnostics: {every: 10, level: parameters}
      training: {steps: 600, batchSize: 2}
    methods:
      Sum: equal
      PCGrad: pcgrad
      MGDA: mgda
      UW: uw
      (rep) PCGrad: {aggregator: pcgrad, level: features}
    """

  /// What every seed of a method reaches: the average precision and recall of boxes, of which masks have a tenth more and
  /// two tenths more, and the level of its diagnostics.
  private static let methods: [(name: String, ap: Double, gds: Double)] = [
    ("sum", 0.4, 0.5), ("pcgrad", 0.5, 0.4), ("mgda", 0.3, 0.6), ("uw", 0.404, 0.3), ("-rep--pcgrad", 0.6, 0.2),
  ]

  /// The deviation over seeds 1, 2, 3 is a hundredth, except that seeds do not matter to recall.
  private func ap(_ mean: Double, _ seed: UInt64) -> Double { mean + 0.01 * (Double(seed) - 2) }

  private func write(_ run: StudyRun, in folder: StudyFolder, _ mean: Double, gds: Double) throws {
    let runFolder = folder.run(run)
    try FileManager.default.createDirectory(at: runFolder.url, withIntermediateDirectories: true)
    let seed = run.configuration.run.seed
    func task(_ name: String, _ added: Double) -> String {
      """
      {"task":"\(name)","loss":1,"metrics":[\
      {"name":"AP","value":\(ap(mean + added, seed)),"direction":"higherIsBetter"},\
      {"name":"AP50","value":0.9,"direction":"higherIsBetter"},\
      {"name":"AR100","value":\(mean + added),"direction":"higherIsBetter"}]}
      """
    }
    let tasks =
      [task("boxes", 0), task("visible-masks", 0.1), task("amodal-masks", 0.2)] + [
        "{\"task\":\"occlusion\",\"loss\":1,\"metrics\":[{\"name\":\"F1\",\"value\":0.7,\"direction\":\"higherIsBetter\"}]}"
      ]
    // A hundred looks in 600 steps are two tenths too many for the last fifty: the first ten are far away.
    let looks = stride(from: 10, through: 600, by: 10).map { step in
      let value = step <= 100 ? 0.9 : gds
      return
        "{\"kind\":\"step\",\"step\":\(step),\"losses\":{},\"weights\":{},\"learningRate\":1,\"seconds\":1,\"waitSeconds\":0,\"diagnostics\":{\"level\":\"parameters\",\"gds\":\(value),\"gms\":\(1 - value),\"featureGDS\":\(value / 2),\"featureGMS\":0.5,\"featureEntropy\":\(value / 10),\"usedFeatureFraction\":0.25,\"cosines\":[],\"gradientNorms\":[],\"modules\":[]}}"
    }
    let evaluation =
      "{\"kind\":\"evaluation\",\"step\":600,\"score\":0,\"evaluation\":{\"tasks\":[\(tasks.joined(separator: ","))]}}"
    try Data((looks + [evaluation, ""]).joined(separator: "\n").utf8).write(to: runFolder.metrics)
    try Data(
      "{\"losses\":[\"rcls\"],\"evaluated\":[\"boxes\",\"visible-masks\",\"amodal-masks\",\"occlusion\"]}".utf8
    ).write(to: runFolder.names)
    let summary =
      "{\"steps\":600,\"secondsPerStep\":0.5,\"trainingSeconds\":1,\"lookCount\":60,\"lookSeconds\":0,\"peakBytes\":2000000}"
    try Data(summary.utf8).write(to: runFolder.summary)
  }

  private func study(in folder: StudyFolder) throws -> Study {
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    let file = folder.url.appendingPathComponent("study.yaml")
    try Data(Self.yaml.utf8).write(to: file)
    let study = try Study(contentsOf: file)
    for run in study.runs {
      let name = run.name.replacing("-seed\(run.configuration.run.seed)", with: "")
      let method = try #require(Self.methods.first { $0.name == name }, "\(run.name)")
      try write(run, in: folder, method.ap, gds: method.gds)
    }
    return study
  }

  private func section(_ title: String, of markdown: String) -> [String] {
    let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("### \(title)") }) else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("### ") }.filter { !$0.isEmpty })
  }

  @Test func tablesAreThoseOfTheAnalysis() throws {
    try withTemporaryFolder { parent in
      let folder = StudyFolder(parent.appendingPathComponent("study"))
      let study = try study(in: folder)
      try StudyReport(study, folder: folder).write()
      let markdown = try String(contentsOf: folder.table("md"), encoding: .utf8)

      // Table 1. Half a hundredth and one pooled deviation, a hundredth: 0.404 is no better than 0.4.
      let first = section("Beside Sum: ▲ better, ▼ worse by more than 0.005 and", of: markdown)
      try #require(first.count == 7)
      #expect(
        first[0].contains(
          "boxes AP ↑ | boxes AR100 ↑ | visible-masks AP ↑ | visible-masks AR100 ↑ | amodal-masks AP ↑ | amodal-masks AR100 ↑ | Δm % ↑ | mean rank ↓"
        ))
      #expect(first[2].hasPrefix("| Sum | 0.400 ± 0.010 | 0.400 ± 0.000 | 0.500 ± 0.010 |"))
      #expect(first[3].hasPrefix("| PCGrad | 0.500 ± 0.010 ▲ | 0.500 ± 0.000 ▲ |"))
      #expect(first[4].hasPrefix("| MGDA | 0.300 ± 0.010 ▼ | 0.300 ± 0.000 ▼ |"))
      #expect(first[5].hasPrefix("| UW | 0.404 ± 0.010 | 0.404 ± 0.000 |"))

      // Table 2, seed by seed.
      let second = section("Change from parameters to features in %", of: markdown)
      try #require(second.count == 3)
      #expect(second[2].hasPrefix("| (rep) PCGrad | +20.0 ± 0.4 | +20.0 ± 0.0 |"))

      // Table 3: the four methods without the reference are ordered by GDS 0.4, 0.6, 0.3, 0.2, by AP .5, .3, .404, .6.
      let third = section("Ranking similarity of diagnostics, means of the last 50 looks", of: markdown)
      let row = try #require(third.first { $0.hasPrefix("| gds |") })
      #expect(row.hasPrefix("| gds | 0.83 | 0.83 |"), "\(row)")
      for name in ["gms", "gds at features", "entropy of used features", "feature entropy"] {
        #expect(third.contains { $0.hasPrefix("| \(name) |") }, "\(name)")
      }
      #expect(section("Ranking similarity of results (4 methods; random orders give", of: markdown).count == 8)
    }
  }

  @Test func curvesAreRelativeAndSmoothed() throws {
    try withTemporaryFolder { parent in
      let folder = StudyFolder(parent.appendingPathComponent("study"))
      try StudyReport(study(in: folder), folder: folder).write()
      let markdown = try String(contentsOf: folder.table("md"), encoding: .utf8)
      let lines = section("gds minus that of Sum: methods at the level of parameters", of: markdown)
      try #require(lines.count == 5)
      #expect(lines[0].contains("step 60 |") && lines[0].contains("step 600 |"))
      // Of 60 looks, three on either side count; at steps 70 to 130 the jump from 0 to 0.4 − 0.5 is smoothed.
      #expect(lines[2].hasPrefix("| PCGrad | +0.000 | ") && lines[2].hasSuffix("| -0.100 |"))
      let csv = try String(contentsOf: folder.curves, encoding: .utf8).split(separator: "\n").map(String.init)
      #expect(csv[0] == "diagnostic,level,method,step,difference")
      let smoothed = try #require(csv.first { $0.hasPrefix("gds,parameters,PCGrad,100,") })
      expectClose([Double(smoothed.split(separator: ",")[4])!], [-0.1 * 3 / 7], tolerance: 1e-6)
      #expect(csv.contains { $0.hasPrefix("entropy of used features,features,(rep) PCGrad,600,") })
      // Three methods at parameters, one at features, 60 looks, every diagnostic that all have.
      #expect(csv.count { $0.hasPrefix("gms,") } == 4 * 60)
      let analysis = try String(contentsOf: folder.analysis, encoding: .utf8)
      #expect(analysis.hasPrefix("table,row,column,mean,deviation,verdict\n"))
      #expect(analysis.contains(",PCGrad,boxes AR100,0.5,0.0,better\n"))
      let report = try String(contentsOf: folder.report, encoding: .utf8)
      for text in ["All directions have the common scale", "gms minus that of Sum", "▲ better"] {
        #expect(report.contains(text), "\(text)")
      }
    }
  }

  /// One seed says nothing about deviations, so that nothing is said to be better.
  @Test func oneSeedGivesNoVerdicts() throws {
    try withTemporaryFolder { parent in
      let folder = StudyFolder(parent.appendingPathComponent("study"))
      var study = try study(in: folder)
      study.seeds = [2]
      let table = StudyTable(try StudyResults(study, folder: folder))
      #expect(table.markdown.contains("### Beside Sum") && !table.markdown.contains("0.500 ▲"))
      #expect(table.markdown.contains("| PCGrad | 0.500 | 0.500 |"))
    }
  }
}
