import NeuralNetworks
import Torch

/// One backward pass for each task to the features, then one from the combined direction there to everything before them.
///
/// Each part of a batch has features of its own, and is combined by itself: as if it were the whole batch, then divided by
/// the number of parts. Parameters behind the features follow the weighted sum of the losses, even those that every task
/// reaches.
struct FeatureRowsRoute: DifferentiationRoute {
  var writer: GradientWriter
  let partCount: Int
  /// Of the features of each part that has all tasks.
  private var gramians: [Gramian] = []

  init(writer: GradientWriter, partCount: Int) {
    self.writer = writer
    self.partCount = partCount
  }

  var graph: ForwardPass.Graph { .cut }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws {
    let layout = GradientLayout(of: pass.leaves)
    let rows = pass.tasks.indices.map { index in
      let head = writer.ownTargets(of: [pass.tasks[index]]) + writer.sharedTargets(in: .head)
      return takeGradients(
        of: [pass.losses[index]], withRespectTo: pass.leaves, writing: head,
        seeds: [pass.seed(index, scales[index])], graph: pass.graphUse(after: index))
    }.map(layout.converted)
    writer.update.objectives[part].observe(featureGradients: rows, of: pass.tasks)
    let gradients = layout.gradients(rows)
    // An object of its own: what it keeps does not reach the method.
    look?.see(features: layout.gradients(rows))
    if pass.tasks == writer.tasks { gramians.append(gradients.gramian) }
    let direction = try combine(gradients, rows, layout, pass)
    writeGradients(
      of: pass.sharedFeatures, to: writer.sharedTargets(in: .trunk), seeds: pass.seeds(layout.views(of: direction)))
  }

  private mutating func combine(
    _ gradients: DenseTaskGradients, _ rows: [[Tensor]], _ layout: GradientLayout, _ pass: ForwardPass
  ) throws -> Tensor {
    var gradients = gradients
    if partCount > 1 {
      for gradient in rows.joined() { gradient.multiply(inPlace: Double(partCount)) }
      gradients = layout.gradients(rows)
    }
    let direction = gradients.makeDirection()
    let losses = Array(pass.values.prefix(pass.tasks.count))
    _ = try writer.update.combine(gradients, tasks: pass.tasks, losses: losses, into: direction)
    if partCount > 1 { direction.multiply(inPlace: 1 / Double(partCount)) }
    return direction
  }

  /// The features of all parts lie side by side; a part that lacks a task leaves no Gramian of the whole.
  func finish(losses: [Double], look: inout GradientLook?) -> Gramian? {
    guard let first = gramians.first, gramians.count == partCount else { return nil }
    return gramians.dropFirst().reduce(first, +)
  }
}
