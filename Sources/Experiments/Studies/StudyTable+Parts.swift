import VisionMetrics

// What the tables of a study are made of.
extension StudyTable {
  struct Cell {
    /// nil if nothing is known.
    let statistic: Statistic?
    let format: String
    var isBest = false
    /// How the number compares with that of the reference; nil if there is nothing to say.
    var verdict: StudyComparison.Verdict?
  }

  struct ResultColumn {
    let name: String
    let direction: MetricResult.Direction?
    let cells: [Cell]
  }

  struct Table {
    let title: String
    let labels: [String]
    let columns: [ResultColumn]
  }
}
