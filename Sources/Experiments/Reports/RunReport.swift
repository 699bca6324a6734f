import Foundation
import MultitaskLearning
import Support
import Torch
import VisionData
import VisionMetrics

/// The report of a run, `report.html`: one file that opens offline and shows what the run did.
public struct RunReport {
  let folder: RunFolder

  /// Creates the report of a run; nothing is read or written before ``write()``.
  public init(_ folder: RunFolder) { self.folder = folder }

  /// Writes the report from what the run's folder holds.
  ///
  /// - Throws: `FileError` for a file of the run that cannot be read, or if the report cannot be written.
  public func write() throws {
    let configuration = try Configuration(of: folder)
    let names = try TaskNames(of: folder, configuration)
    let page = try self.page(configuration, names, MetricsLog.read(folder, of: names))
    try AtomicFile.write(Data(page.utf8), to: folder.report)
  }

  private func page(_ configuration: Configuration, _ names: TaskNames, _ records: [LogRecord]) throws -> String {
    let tasks = names.losses
    let steps = records.steps
    let evaluations = records.evaluations
    let method = configuration.method.names.joined(separator: " + ")
    let title =
      "\(try WorkloadRegistry.factory(of: configuration).networkName(configuration)), \(tasks.count) tasks, \(configuration.network.sharing.name), \(method)"
    var sections: [String] = []
    if let last = evaluations.last { sections.append(try results(last)) }
    sections.append(gallery(names.evaluated))
    sections.append(ReportPage.chartsSection)
    let diagnostics = DiagnosticsSection(steps, tasks: tasks)
    sections.append(diagnostics.html)
    let grouping = GroupingSection(steps, tasks: tasks)
    let channels = ChannelSection(steps, tasks: tasks)
    let gates = GateSection(steps, tasks: tasks)
    sections += [
      grouping.html, channels.html, gates.html, TokenSection(records).html, LossTrends(steps, tasks: tasks).html,
    ]
    sections.append("<h2>Configuration</h2>\n<pre>\(HTML.escape(configuration.yaml))</pre>")
    let charts =
      charts(steps, evaluations, tasks) + diagnostics.charts + grouping.charts + channels.charts + gates.charts
    return try ReportPage(
      title: title, subtitle: "\(steps.last?.step ?? 0) steps\(Self.speed(steps))\(try Self.scale(configuration))",
      sections: sections, charts: charts
    ).html()
  }

  /// What directions are multiplied by, where it is not the scale of their publications.
  private static func scale(_ configuration: Configuration) throws -> String {
    try configuration.methodScale == .common
      ? ", directions in the common scale: equal gradients g of T tasks give T g" : ""
  }

  private static func speed(_ steps: [StepRecord]) -> String {
    guard !steps.isEmpty else { return "" }
    let seconds = RunSummary.secondsPerStep(steps)
    let wait = steps.dropFirst(steps.count > 10 ? 10 : 0)
    let share = wait.reduce(0) { $0 + $1.waitSeconds } / max(1e-9, wait.reduce(0) { $0 + $1.seconds })
    return String(format: ", %.0f ms each (median), %.1f %% of the time waiting for data", seconds * 1000, share * 100)
  }

  private func results(_ record: EvaluationRecord) throws -> String {
    let trivial = (try? Data(contentsOf: folder.baseline)).flatMap {
      try? JSONDecoder().decode(Evaluation.self, from: $0)
    }
    let rows = record.evaluation.tasks.flatMap { task in
      task.metrics.map { metric -> [String] in
        let reference = trivial?.tasks.first { $0.task == task.task }?.metrics.first { $0.name == metric.name }
        return [
          HTML.escape(task.task), HTML.escape("\(metric.name) \(metric.direction.arrow)"), Self.format(metric.value),
          reference.map { Self.format($0.value) } ?? "", reference.map { Self.gain(metric, $0.value) } ?? "",
        ]
      }
    }
    return """
      <h2>Results after \(record.step) steps</h2>
      <p>The results are on images that were not trained on. The trivial predictor says the same about every image and every
      pixel: the most frequent class, the mean depth, the mean normal, the frequency of edges, salience and attributes, the mean
      probabilities of classes. The mean gain over it in each task's first metric (where it reaches 0, the network's value v
      counts as ± v / (1 + |v|)) is
      \(String(format: "%+.1f %%", record.score * 100)).</p>
      \(HTML.table(["Task", "Metric", "Network", "Trivial", "Gain"], rows))
      """
  }

  private static func gain(_ metric: MetricResult, _ reference: Double) -> String {
    guard let gain = relativeGain(metric, over: reference) else { return "" }
    // What is less than half a percent is neither, and has no sign.
    let percent = (gain * 100).rounded()
    guard percent != 0 else { return "0 %" }
    return "<span class=\"\(percent > 0 ? "better" : "worse")\">\(String(format: "%+.0f %%", percent))</span>"
  }

  private static func format(_ value: Double) -> String { String(format: "%.4g", value) }

  private func gallery(_ tasks: [String]) -> String {
    let gallery = Gallery(folder: folder, tasks: tasks)
    let rows = gallery.samples.flatMap { sample -> [[String]] in
      func cell(_ url: URL, _ title: String) -> String {
        (try? Data(contentsOf: url)).map { HTML.image($0, title: title) } ?? ""
      }
      return [
        [cell(gallery.inputURL(sample), "image"), "truth"]
          + tasks.map { cell(gallery.truthURL(sample, $0), "\($0), truth") },
        ["", "prediction"] + tasks.map { cell(gallery.predictionURL(sample, $0), "\($0), prediction") },
      ]
    }
    guard !rows.isEmpty else { return "" }
    return """
      <h2>Predictions</h2>
      <p>These images were not trained on. Attributes are drawn as squares from dark red (no) to bright green (yes),
      probabilities as bars.</p>
      <div class="gallery">\(HTML.table(["Image", ""] + tasks, rows))</div>
      """
  }

  private func charts(_ steps: [StepRecord], _ evaluations: [EvaluationRecord], _ tasks: [String]) -> [Chart] {
    let inner = Set(steps.flatMap { ($0.auxiliaryLosses ?? [:]).keys }).sorted()
    var charts = [
      Chart(
        "Training loss", smoothed: true, tasks.map { task in (task, steps.map { ($0.step, $0.losses[task] ?? .nan) }) }),
      Chart(
        "Training loss of predictions from within the network", smoothed: true,
        inner.map { name in (name, steps.map { ($0.step, $0.auxiliaryLosses?[name] ?? .nan) }) }),
      Chart(
        "Penalty of the network", smoothed: false,
        steps.contains { $0.penalty != nil }
          ? [("penalty", steps.map { ($0.step, $0.penalty ?? .nan) })] : []),
      Chart(
        "Weight of each loss", smoothed: false,
        tasks.map { task in (task, steps.map { ($0.step, $0.weights[task] ?? .nan) }) }),
      Chart(
        "Validation: gain over the trivial predictor", smoothed: false,
        [("mean over tasks", evaluations.map { ($0.step, $0.score) })]),
    ]
    charts.append(
      Chart("Learning rate", smoothed: false, [("learning rate", steps.map { ($0.step, $0.learningRate) })]))
    return charts.filter { !$0.lines.isEmpty }
  }
}
