import NeuralNetworks
import Support
import Torch

/// Gradients of independent batches: rows of the first two, whose products decide the weights; of a third batch one pass for
/// the weighted sum.
///
/// The parts of the update are those of one batch after another, equally many each. What is a task's own follows the mean
/// over all of them. 2·K·d numbers are held.
struct IndependentBatchesRoute: DifferentiationRoute {
  var writer: GradientWriter
  private let batchCount: Int
  /// Of each batch and task, the fraction of all labels that it has.
  private let fractions: [[Double]]
  /// Of the first two batches, each task's gradient by parameter, times its fraction; nil before its first backward pass.
  private var rows: [[[Tensor]?]]
  /// The products of the rows and the weights that follow from them, when the first two batches are complete.
  private var solution: (gramian: Gramian, weights: Vector)?
  /// Whether a third batch has given the shared parameters a gradient.
  private var isWritten = false

  /// - Throws: ``MethodError`` where the parts are no such batches.
  init(writer: GradientWriter) throws {
    let update = writer.update
    batchCount = update.aggregator.batchCount
    let partCount = update.objectives.count
    guard partCount.isMultiple(of: batchCount) else {
      throw MethodError(
        "\(type(of: update.aggregator)) takes \(batchCount) independent batches in a step, of equally many parts, but there are \(partCount) parts"
      )
    }
    self.writer = writer
    let length = partCount / batchCount
    fractions = (0..<batchCount).map { batch in
      writer.tasks.map { task in
        (0..<length).reduce(0) { $0 + update.shares[batch * length + $1, task] }
      }
    }
    rows = [[[Tensor]?]](repeating: writer.tasks.map { _ in nil }, count: 2)
  }

  var graph: ForwardPass.Graph { .perTask }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws {
    let batch = part / (writer.update.objectives.count / batchCount)
    if batch < 2 { addRows(pass, scales, batch) } else { try addWeighted(pass, scales, batch) }
  }

  private mutating func addRows(_ pass: ForwardPass, _ scales: [Double], _ batch: Int) {
    let leaves = writer.sharedLeaves
    for (index, row) in writer.rows(of: pass).enumerated() {
      let own = writer.ownTargets(of: [pass.tasks[index]])
      pass.addGradient(index, scales[index], of: leaves, to: &rows[batch][row], writing: own)
    }
  }

  /// One pass for what is not aggregated, one for the weighted sum.
  private mutating func addWeighted(_ pass: ForwardPass, _ scales: [Double], _ batch: Int) throws {
    let weights = try solved().weights
    let weighted = zip(scales, writer.rows(of: pass)).map { $0 * weights[$1] / fractions[batch][$1] }
    let own = writer.ownTargets(of: pass.tasks)
    writeGradients(
      of: pass.losses, to: own, seeds: pass.tasks.indices.map { pass.seed($0, scales[$0]) }, graph: .retain)
    isWritten = true
    writeGradients(
      of: pass.losses, to: writer.sharedTargets(in: .trunk) + writer.sharedTargets(in: .head),
      seeds: pass.tasks.indices.map { pass.seed($0, weighted[$0]) })
  }

  /// The gradients of the first two batches, one below the other.
  private var gradients: DenseTaskGradients {
    let zeros = writer.sharedLeaves.map { $0.detached().zerosLike() }
    return writer.layout.gradients(rows.joined().map { $0 ?? zeros })
  }

  /// What rows are multiplied by so that they are gradients of the means over their batches. A task without labels in a
  /// batch has a row of zeros.
  private func factors(_ batch: Int) -> [Double] { fractions[batch].map { $0 > 0 ? 1 / $0 : 0 } }

  private mutating func solved() throws -> (gramian: Gramian, weights: Vector) {
    if let solution { return solution }
    let gramian = gradients.gramian.scaled(by: Vector(factors(0) + factors(1)))
    let found = (gramian, try writer.update.weights(forBatches: gramian, tasks: writer.tasks))
    solution = found
    return found
  }

  mutating func finish(losses: [Double], look: inout GradientLook?) throws -> Gramian? {
    let (gramian, weights) = try solved()
    if batchCount == 2 {
      let halves = (0..<2).flatMap { batch in zip(weights, factors(batch)).map { $0 * $1 / 2 } }
      gradients.combine(Vector(halves), into: writer.sharedGradient)
    } else if !isWritten {
      writer.sharedGradient.zero()
    }
    // Of the first batch, which tells as much of the gradients' lengths as any.
    let count = writer.tasks.count
    return Gramian(
      taskCount: count, elements: (0..<count).flatMap { i in (0..<count).map { gramian[i, $0] } })
  }
}
