import NeuralNetworks
import Torch

/// One backward pass for the weighted sum of the losses, whose gradient the aggregator's constant multiplies afterwards:
/// what is not aggregated follows the weighted losses without it.
struct JointRoute: DifferentiationRoute {
  var writer: GradientWriter
  let level: GradientLevel

  var graph: ForwardPass.Graph { .whole }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], look: inout GradientLook?) throws {
    try look?.add(pass, scales)
    writeGradients(
      of: pass.losses, to: writer.targets(reachedBy: pass.tasks),
      seeds: pass.tasks.indices.map { pass.seed($0, scales[$0]) })
  }

  func finish(losses: [Double], look: inout GradientLook?) -> Gramian? {
    let factor = writer.update.constantWeight(taskCount: writer.tasks.count)
    guard factor != 1 else { return nil }
    for (number, range) in writer.shared.ranges.enumerated() where range.isAggregated(at: level) {
      writer.shared.part(number, of: writer.sharedGradient).multiply(inPlace: factor)
    }
    return nil
  }
}
