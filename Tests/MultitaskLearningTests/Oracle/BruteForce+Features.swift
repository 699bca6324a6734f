import MultitaskLearning
import NeuralNetworks
import Support
import Torch

extension BruteForce {
  /// What lies before the features follows the combined direction at the features of each part; what lies behind them
  /// keeps the weighted sum.
  mutating func aggregateFeatures(
    _ tasks: [Int], _ weights: [Double], _ step: Int, _ need: GradientNeed, _ gradient: inout Tensor
  ) throws -> [Double?]? {
    let sum = gradient
    let trunk = shared.values.zerosLike()
    var squares = OracleProblem.tasks.map { _ in 0.0 }
    var isComplete = true
    for rows in parts {
      let objective = problem.objective(rows, step: step)
      let own = tasks.filter { objective.labelCounts[$0] > 0 }
      isComplete = isComplete && own == tasks
      guard !own.isEmpty else { continue }
      let features = objective.features(for: own).maps(of: own[0])[0]
      let leaf = features.detached()
      leaf.requiresGradient = true
      let losses = own.map { objective.losses(of: [$0], from: .shared([leaf]))[0] }
      let gradients = zip(own, losses).map { task, loss in
        let share = objective.labelCounts[task] / Double(problem.labels(of: task, step: step).count)
        return Torch.gradients(of: [loss], withRespectTo: [leaf], graph: .retain)[0]!.flattened()
          * (weights[task] * share)
      }
      for (task, row) in zip(own, gradients) {
        squares[task] += (row.norm().item / weights[task]) * (row.norm().item / weights[task])
      }
      let count = Double(parts.count)
      let direction = try direction(
        gradients.map { $0 * count }, [GradientSegment(name: "features.0", columns: 0..<leaf.count)], own,
        losses.map { $0.detached().item })
      trunk.add(
        inPlace: flatGradient(of: [features], seeds: [direction.reshaped(features.shape) / count], shared))
    }
    gradient = withoutGradients { replacingTrunk(of: sum, by: trunk, step) }
    return isComplete ? norms(tasks.map { ($0, squares[$0].squareRoot()) }) : nil
  }

  func replacingTrunk(of sum: Tensor, by trunk: Tensor, _ step: Int) -> Tensor {
    let result = sum.copied()
    for (parameter, (view, new)) in zip(
      shared.parameters, zip(shared.views(of: result), shared.views(of: trunk)))
    where !parameter.name.hasPrefix("behind") {
      view.copy(from: new)
    }
    return result
  }
}
