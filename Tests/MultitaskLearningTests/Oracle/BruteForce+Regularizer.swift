import MultitaskLearning
import NeuralNetworks
import Support
import Torch

extension BruteForce {
  /// The gradient of the mean squared cosine, each part's by itself.
  func addRegularizer(_ tasks: [Int], _ step: Int, to gradients: inout [Reach: Tensor]) {
    let penalty = (method.aggregator as! CosReg).penalty
    for rows in parts {
      let objective = problem.objective(rows, step: step)
      let own = tasks.filter { objective.labelCounts[$0] > 0 }
      guard own.count > 1 else { continue }
      let features = problem.kind.isSeparate ? Features.none : objective.features(for: own)
      let losses = own.map {
        problem.kind.isSeparate ? objective.losses(of: [$0])[0] : objective.losses(of: [$0], from: features)[0]
      }
      let leaves =
        method.level == .features ? features.maps(of: 0) : shared.parameters.filter { !isFrozen($0) }.map(\.value)
      let rows = losses.map { loss in
        Tensor.concatenated(
          zip(Torch.gradients(of: [loss], withRespectTo: leaves, graph: .differentiate), leaves).map {
            ($0 ?? $1.detached().zerosLike()).flattened()
          })
      }
      var sum = Tensor.zeros([], dtype: rows[0].dtype)
      for i in rows.indices {
        for j in rows.indices where i != j {
          sum = sum + ((rows[i] * rows[j]).sum() / (rows[i].squared().sum() * rows[j].squared().sum()).sqrt()).squared()
        }
      }
      let penaltyValue = sum * (penalty / Double(own.count * (own.count - 1)) / Double(parts.count))
      add(1, gradientOf: [penaltyValue], to: &gradients)
    }
  }
}
