import Torch

/// One backward pass for each task, to the parameters: the shared ones' gradient is the task's row of G.
///
/// It serves passes of all tasks as well as of one task at a time.
struct ParameterRowsRoute: DifferentiationRoute {
  var writer: GradientWriter
  /// Each task's gradient by parameter; nil before its first backward pass.
  private var rows: [[Tensor]?]

  init(writer: GradientWriter) {
    self.writer = writer
    rows = writer.tasks.map { _ in nil }
  }

  var graph: ForwardPass.Graph { .perTask }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws {
    try look?.addFeatures(of: pass, scales)
    for (index, row) in writer.rows(of: pass).enumerated() {
      let own = writer.ownTargets(of: [pass.tasks[index]])
      pass.addGradient(index, scales[index], of: writer.sharedLeaves, to: &rows[row], writing: own)
    }
  }

  mutating func finish(losses: [Double], look: inout GradientLook?) throws -> Gramian? {
    let rows = rows.map { $0! }
    let gradients = writer.layout.gradients(rows)
    // An object of its own: what it keeps does not reach the method.
    look?.see(parameters: writer.layout.gradients(rows))
    return try writer.update.combine(gradients, tasks: writer.tasks, losses: losses, into: writer.sharedGradient)
  }
}
