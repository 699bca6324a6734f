import NeuralNetworks
import Support
import Torch

/// One backward pass for the weighted sum of the losses. What is not aggregated follows the weighted losses without the
/// aggregator's constants: one constant for all tasks multiplies the gradient afterwards; tasks with different ones take a
/// second pass through what is theirs alone.
struct JointRoute: DifferentiationRoute {
  var writer: GradientWriter
  let level: GradientLevel
  /// The aggregator's constants, one for each of the writer's tasks.
  private let constants: Vector

  init(writer: GradientWriter, level: GradientLevel) {
    self.writer = writer
    self.level = level
    constants = writer.update.constantWeights(of: writer.tasks)
  }

  var graph: ForwardPass.Graph { .whole }

  /// Whether the aggregator gives all tasks the same constant.
  private var isUniform: Bool { constants.allSatisfy { $0 == constants[0] } }

  mutating func add(_ pass: ForwardPass, _ scales: [Double], part: Int, look: inout GradientLook?) throws {
    try look?.add(pass, scales)
    guard !isUniform else {
      return differentiate(pass, scales, to: writer.targets(reachedBy: pass.tasks), graph: .release)
    }
    let isAtFeatures = level == .features
    let own = writer.ownTargets(of: pass.tasks) + (isAtFeatures ? writer.sharedTargets(in: .head) : [])
    differentiate(pass, scales, to: own, graph: .retain)
    let aggregated = writer.sharedTargets(in: .trunk) + (isAtFeatures ? [] : writer.sharedTargets(in: .head))
    let weighted = zip(scales, writer.rows(of: pass)).map { $0 * constants[$1] }
    differentiate(pass, weighted, to: aggregated, graph: .release)
  }

  private func differentiate(_ pass: ForwardPass, _ scales: [Double], to targets: [GradientTarget], graph: GraphUse) {
    writeGradients(
      of: pass.losses, to: targets, seeds: pass.tasks.indices.map { pass.seed($0, scales[$0]) }, graph: graph)
  }

  func finish(losses: [Double], look: inout GradientLook?) -> Gramian? {
    guard isUniform, constants[0] != 1 else { return nil }
    for (number, range) in writer.shared.ranges.enumerated() where range.isAggregated(at: level) {
      writer.shared.part(number, of: writer.sharedGradient).multiply(inPlace: constants[0])
    }
    return nil
  }
}
