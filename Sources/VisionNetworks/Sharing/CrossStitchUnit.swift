import NeuralNetworks
import Torch

/// What gives each task a sum of all tasks' maps, each with a factor that is learned: for a receiving task i, the sum of
/// α_ij · x_j over the sending tasks j.
///
/// - Source: Misra et al., *Cross-stitch Networks for Multi-task Learning*, CVPR 2016, section 3.2.
struct CrossStitchUnit: MapExchange {
  /// For each different receiver the factor of every sender, with as many elements as there are channels, or one.
  private let factors: [[Parameter]]

  /// Registers `RECEIVER.SENDER.param` for all pairs of tasks, or `SENDER.param` if senders have one factor for all.
  init(
    _ path: ParameterPath, tasks: [String], channels: Int, _ kind: CrossStitchSharing.Factors,
    _ start: CrossStitchSharing.Start
  ) {
    switch kind {
    case .senders: factors = [tasks.map { path[$0].parameter("param", [1], .constant(start.own)) }]
    case .channels, .pairs:
      factors = tasks.map { receiver in
        tasks.map { sender in
          path[receiver][sender].reached(by: .task(receiver)).parameter(
            "param", [kind == .channels ? channels : 1], .constant(sender == receiver ? start.own : start.other))
        }
      }
    }
  }

  func callAsFunction(_ maps: [Tensor], _ context: ForwardContext) -> [Tensor] {
    let sums = factors.map { row in
      let shaped = row.map { $0.value.reshaped([1, -1, 1, 1]) }
      return zip(shaped, maps).dropFirst().reduce(shaped[0] * maps[0]) { $0.addingProduct($1.0, $1.1) }
    }
    return sums.count == 1 ? maps.map { _ in sums[0] } : sums
  }
}
