import Foundation

/// The section of a report about the tasks' gradients: curves, the similarity of all pairs, cosines per module.
struct DiagnosticsSection {
  private let looks: [(step: Int, record: DiagnosticsRecord)]
  private let tasks: [String]

  init(_ steps: [StepRecord], tasks: [String]) {
    looks = tasks.count > 1 ? steps.compactMap { step in step.diagnostics.map { (step.step, $0) } } : []
    self.tasks = tasks
  }

  private var pairs: [(Int, Int)] { tasks.indices.flatMap { i in (0..<i).map { (i, $0) } } }
  private var level: String { looks.last?.record.level == .features ? "the shared features" : "all shared parameters" }

  /// The titles of the charts of the measures, in their order.
  private static let titles = [
    "GDS: mean cosine of the tasks' gradients", "GMS: similarity of their norms", "Condition number (log₁₀)",
    "Feature entropy", "Entropy of the features that a task uses", "Fraction of the features that a task uses",
    "GDS of the gradients of the shared features", "GMS of the gradients of the shared features",
  ]

  var charts: [Chart] {
    guard let last = looks.last else { return [] }
    let measures = zip(Self.titles, last.record.measures).enumerated().map { index, chart in
      let points = looks.compactMap { look in
        look.record.measures[index].value.map { (look.step, index == 2 ? log10($0) : $0) }
      }
      return Chart(chart.0, smoothed: true, [(chart.1.name, points)])
    }
    return measures.filter { !$0.lines.isEmpty } + [
      Chart(
        "Cosine between the tasks' gradients", smoothed: true,
        pairs.map { i, j in ("\(tasks[j]) · \(tasks[i])", looks.map { ($0.step, $0.record.cosines[i][j]) }) }),
      Chart(
        "Norm of each task's gradient", smoothed: true,
        tasks.indices.map { i in (tasks[i], looks.map { ($0.step, $0.record.gradientNorms[i]) }) }),
    ]
  }

  var html: String {
    guard !looks.isEmpty else { return "" }
    return """
      <h2>Similarity of the tasks' gradients</h2>
      <p>The table gives the mean cosine of each pair of tasks over \(looks.count) looks at \(level): green pairs agree, red pairs
      pull against each other.</p>
      \(similarity)
      <h3>Cosines per module</h3>
      <p>The table shows how often the cosine of a pair of tasks, at one look, fell into each twentieth of the range from −1 to 1.</p>
      \(histograms)
      """
  }

  private var similarity: String {
    HTML.matrix(tasks) { i, j in
      HTML.signed(looks.reduce(0) { $0 + $1.record.cosines[i][j] } / Double(looks.count), format: "%.2f")
    }
  }

  private static let binCount = 20

  /// A row for each module that was trained at one of the looks at least; the darker a cell, the larger the fraction of
  /// cosines in it.
  private var histograms: String {
    let modules = looks.flatMap(\.record.modules)
    var known: Set<String> = []
    let names = modules.map(\.name).filter { known.insert($0).inserted }
    let cosines = Dictionary(grouping: modules, by: \.name).mapValues { $0.flatMap(\.cosines) }
    let rows = names.map { name in
      [HTML.escape(name)] + HTML.histogram(cosines[name]!, binCount: Self.binCount)
    }
    return HTML.table(["Module"] + HTML.cosineBins(Self.binCount) + ["below 0"], rows, class: "histogram")
  }
}
