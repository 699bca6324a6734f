import Torch

/// One backward pass for the weighted sum of the losses, whose gradient the aggregator's constant multiplies afterwards:
/// tasks' own parameters follow their own weighted loss without it.
struct JointRoute: DifferentiationRoute {
  var writer: GradientWriter
  /// For each shared parameter whether it lies before the features; nil where all of them are aggregated.
  private var isTrunk: [Bool]?

  init(writer: GradientWriter) { self.writer = writer }

  private var factor: Double { writer.update.constantWeight(taskCount: writer.tasks.count) }

  var graph: ForwardPass.Graph { .whole }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], look: inout GradientLook?) throws {
    try look?.add(pass, scales)
    if isTrunk == nil, writer.update.level == .features, factor != 1, pass.sharesFeatures {
      isTrunk = reachedLeaves(of: pass.features, among: writer.sharedLeaves)
    }
    writeGradients(
      of: pass.losses, to: writer.targets(reachedBy: pass.tasks),
      seeds: pass.tasks.indices.map { pass.seed($0, scales[$0]) })
  }

  func finish(losses: [Double], look: inout GradientLook?) -> Gramian? {
    guard factor != 1 else { return nil }
    guard let isTrunk else {
      writer.sharedGradient.multiply(inPlace: factor)
      return nil
    }
    let views = writer.update.workspace.gradient(of: writer.shared).views.suffix(isTrunk.count)
    for (view, isTrunk) in zip(views, isTrunk) where isTrunk { view.multiply(inPlace: factor) }
    return nil
  }
}
