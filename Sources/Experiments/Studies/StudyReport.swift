import Foundation
import Support
import Torch
import VisionMetrics

/// The report of a study in its folder: tables in four formats, and one HTML page.
public struct StudyReport {
  private let study: Study
  private let folder: StudyFolder
  private let results: StudyResults
  /// The tables of the report.
  public let table: StudyTable

  /// Whether a run of a method is finished, so that the tables have rows.
  public var hasResults: Bool { results.candidates.contains { !$0.values.isEmpty } }

  /// Reads the results of the finished runs.
  ///
  /// - Throws: `FileError` if a finished run cannot be read.
  public init(_ study: Study, folder: StudyFolder) throws {
    self.study = study
    self.folder = folder
    results = try StudyResults(study, folder: folder)
    table = StudyTable(results)
  }

  /// Writes the tables as text, CSV, Markdown and LaTeX, `analysis.csv` and `curves.csv`, and the page `report.html`.
  ///
  /// - Throws: `FileError` if a log cannot be read or a file cannot be written.
  public func write() throws {
    let files = [
      (folder.table("txt"), table.allText), (folder.table("csv"), table.csv), (folder.table("md"), table.markdown),
      (folder.table("tex"), table.latex), (folder.analysis, table.analysisCSV), (folder.curves, table.curves.csv),
    ]
    for (file, text) in files { try AtomicFile.write(Data(text.utf8), to: file) }
    let count = results.candidates.reduce(0) { $0 + $1.values.count }
    let page = ReportPage(
      title: folder.url.lastPathComponent,
      subtitle:
        "\(study.candidates.count) methods, each with the seeds \(study.seeds.map(String.init).joined(separator: ", ")): "
        + "\(count) of \(study.candidates.count * study.seeds.count) runs are finished",
      sections: [overview, tradeOffs, diagnostics, ReportPage.chartsSection, details, runs, configuration],
      charts: try charts() + table.curves.charts)
    try AtomicFile.write(Data(page.html().utf8), to: folder.report)
  }

  private var overview: String {
    """
    <h2>Overview</h2>
    <p>Mean ± deviation over seeds, on images that were not trained on. Δm is the mean gain over
    \(reference) in each task's first metric; ranks are among the methods, over all metrics. Bold is the
    best mean of the methods. \(scale)</p>
    <div class="wide">\(table.html[0].table)</div>
    """
  }

  /// What the methods' directions are multiplied by.
  private var scale: String {
    let scales = Set(study.candidates.compactMap { try? $0.configuration.methodScale })
    guard scales.count == 1 else { return "Some directions have the common scale, others that of their publications." }
    return scales.contains(.common)
      ? "All directions have the common scale: equal gradients g of T tasks give T g."
      : "Directions have the scale of their publications."
  }

  /// What gains are measured against.
  private var reference: String {
    study.reference.map { "'\(HTML.escape($0))'" } ?? "single-task networks of the same size"
  }

  private var details: String {
    "<h2>All metrics</h2>\n"
      + table.html.dropFirst().map { "<h3>\(HTML.escape($0.title))</h3><div class=\"wide\">\($0.table)</div>" }
      .joined(separator: "\n")
  }

  // MARK: Trade-offs

  private static let largestPlotCount = 16

  private var tradeOffs: String {
    let metrics = results.primaryMetrics
    let pairs = metrics.indices.pairs.map { i, j in (metrics[j], metrics[i]) }
    let arithmetic = arithmeticPlot
    let plots = ([costPlot, arithmetic] + pairs.prefix(Self.largestPlotCount).map(plot)).map(\.html)
    let line =
      arithmetic.hasLine
      ? " The line joins the methods of which no other has at least the same gain for fewer FLOPs." : ""
    return """
      <h2>Trade-offs</h2>
      <p>A point for each method; crosses show the deviation over seeds. ↑ and ↓ say where better is.\(line)</p>
      <div class="charts">\(plots.joined(separator: "\n"))</div>
      """
  }

  /// The position of a method's color, the same in all plots and charts; nil for single-task networks.
  private func color(_ row: StudyResults.Row) -> Int? {
    results.candidates.firstIndex { $0.label == row.label }
  }

  private var costPlot: ScatterPlot {
    let hasBaseline = results.reference != nil
    let points = results.candidates.compactMap { row -> ScatterPlot.Point? in
      guard let cost = row.secondsPerStep, let gain = hasBaseline ? results.deltaM(row) : results.meanRank(row) else {
        return nil
      }
      return ScatterPlot.Point(
        label: row.label, color: color(row), x: cost.mean * 1000, y: gain.mean,
        deviation: ((cost.deviation ?? 0) * 1000, gain.deviation ?? 0))
    }
    return ScatterPlot(
      title: "Gain and cost", xLabel: "ms per step ↓", yLabel: hasBaseline ? "Δm % ↑" : "mean rank ↓", points: points)
  }

  /// The gain and the arithmetic of a forward pass, with the Pareto front.
  private var arithmeticPlot: ScatterPlot {
    func point(_ row: StudyResults.Row) -> ScatterPlot.Point? {
      guard let flops = row.gigaflops, let gain = results.gain(row) else { return nil }
      return ScatterPlot.Point(
        label: row.label, color: color(row), x: flops.mean, y: gain.mean,
        deviation: (flops.deviation ?? 0, gain.deviation ?? 0))
    }
    return ScatterPlot(
      title: "Gain and FLOPs", xLabel: "GFLOPs of one image ↓", yLabel: "Δm % ↑",
      points: results.rows.compactMap(point), line: results.paretoFront.compactMap(point))
  }

  private func plot(_ a: StudyResults.Metric, _ b: StudyResults.Metric) -> ScatterPlot {
    let points = results.rows.compactMap { row -> ScatterPlot.Point? in
      guard let x = row.statistic(a), let y = row.statistic(b) else { return nil }
      return ScatterPlot.Point(
        label: row.label, color: color(row), x: x.mean, y: y.mean, deviation: (x.deviation ?? 0, y.deviation ?? 0))
    }
    return ScatterPlot(
      title: "\(a.task) and \(b.task)", xLabel: Self.label(a), yLabel: Self.label(b), points: points)
  }

  private static func label(_ metric: StudyResults.Metric) -> String {
    "\(metric.task) \(metric.name) \(metric.direction.arrow)"
  }

  // MARK: Diagnostics

  private var diagnostics: String {
    let names = Set(results.candidates.flatMap { $0.diagnostics.values.flatMap(\.keys) }).sorted()
    guard !names.isEmpty else { return "" }
    let means = results.candidates.map { row in
      [HTML.escape(row.label)]
        + names.map { name in
          Statistic(row.diagnostics.values.compactMap { $0[name] })
            .map { String(format: "%.4g ± %.2g", $0.mean, $0.deviation ?? 0) } ?? ""
        }
    }
    let similarities = results.rankingSimilarities().map { row in
      [HTML.escape(row.diagnostic)] + row.similarities.map { $0.value.map { String(format: "%.2f", $0) } ?? "" }
    }
    let header = ["Diagnostic"] + results.primaryMetrics.map(Self.label)
    return """
      <h2>Diagnostics</h2>
      <p>Means over all looks at the tasks' gradients during the runs.</p>
      \(HTML.table(["Method"] + names, means))
      <h3>Do they tell which run will be better?</h3>
      <p>Ranking similarity: the fraction of pairs of runs that a diagnostic and a result put in the same order (or all in
      the opposite one): from 0.5 to 1, a perfect prediction. With few runs, chance alone comes near 1.</p>
      \(HTML.table(header, similarities))
      """
  }

  // MARK: Runs

  private var runs: String {
    let items = study.runs.filter(folder.isFinished).map { run in
      "<li><a href=\"runs/\(HTML.escape(run.name))/report.html\">\(HTML.escape(run.title))</a></li>"
    }
    return "<h2>Runs</h2>\n<ul class=\"columns\">\(items.joined())</ul>"
  }

  private var configuration: String {
    "<h2>Configuration</h2>\n<pre>\(HTML.escape(study.configuration.yaml))</pre>"
  }

  /// Each task's training loss, a curve for each method: of the first seed that is finished.
  private func charts() throws -> [Chart] {
    var curves: [(label: String, steps: [StepRecord])] = []
    for candidate in study.candidates {
      let run = study.seeds.map { study.run(candidate, seed: $0) }.first(where: folder.isFinished)
      // Without a finished run, the line is empty, and keeps its color.
      curves.append((candidate.label, try run.map { try MetricsLog.read(folder.run($0)).steps } ?? []))
    }
    let tasks = try WorkloadRegistry.factory(of: study.configuration).tasks(study.configuration)
    let losses = tasks.map { task in
      Chart(
        "Training loss: \(task)", smoothed: true,
        curves.map { curve in (curve.label, curve.steps.map { ($0.step, $0.losses[task] ?? .nan) }) })
    }
    return losses
  }
}
