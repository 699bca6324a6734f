import NeuralNetworks
import Torch

/// A rotation of the shared features for each task, which turns the tasks' gradients with respect to the features towards
/// each other.
///
/// A rotation learns from the gradients that a step finds: it minimizes the squared distance, mean over the batch, of the
/// turned mean gradient and the task's own, `‖R_i m − u_i‖²`, where `u_i = R_i g_i` is the gradient behind the rotation and m
/// the mean of the `g_i`, all in the length of their mean.
///
/// - Source: Javaloy, Valera, *RotoGrad: Gradient Homogenization in Multitask Learning*, ICLR 2022, equation 5, with the
///   authors' code.
public final class FeatureRotations {
  /// Of each task, a rotation for each map of features.
  public let rotations: [[Rotation]]
  /// The loss of the rotations in the most recent step; nil before the first.
  private var pending: Tensor?

  /// Registers the rotations below `parametrizations.rotation_0` and so on, with the number of the map behind it if there
  /// are several.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - tasks: the names of the tasks.
  ///   - channels: the channels of each map.
  ///   - size: the largest number of channels of a map that turn, the first ones.
  public init(_ path: ParameterPath, tasks: [String], channels: [Int], size: Int) {
    rotations = tasks.enumerated().map { index, task in
      let place = path["parametrizations", "rotation_\(index)"].in(stage: .head).reached(by: .task(task))
      return channels.enumerated().map { map, count in
        Rotation(channels.count == 1 ? place : place[map], size: min(size, count))
      }
    }
  }

  /// Returns the features as some tasks see them.
  public func rotated(_ features: Features, for tasks: [Int]) -> Features {
    .byTask(
      Dictionary(
        uniqueKeysWithValues: tasks.map { task in
          let maps = features.maps(of: task)
          return (task, zip(rotations[task], maps).map { $0($1, .evaluation) })
        }))
  }

  /// Takes the gradients of some tasks with respect to the shared features of a part of a batch, from which the rotations
  /// learn.
  ///
  /// - Parameters:
  ///   - gradients: of each task, for each map, batch × channels × ….
  ///   - tasks: the positions of the tasks.
  ///   - isFirst: whether the part is the first of its batch.
  func observe(_ gradients: [[Tensor]], of tasks: [Int], isFirst: Bool) {
    let loss = Self.loss(gradients, tasks.map { rotations[$0].map(\.matrix) })
    pending = isFirst ? loss : pending.map { $0 + loss } ?? loss
  }

  /// Returns the loss of the most recent step once; nil if there is none that was not asked for.
  func takeLoss() -> Tensor? {
    defer { pending = nil }
    return pending
  }

  /// The sum over tasks of `‖R_i m − u_i‖²`, mean over the batch.
  ///
  /// - Parameters:
  ///   - gradients: `g_i` of each task, for each map.
  ///   - matrices: `R_i` of each task, for each map.
  package static func loss(_ gradients: [[Tensor]], _ matrices: [[Tensor]]) -> Tensor {
    let means = withoutGradients { commonGradient(gradients) }
    let terms = zip(gradients, matrices).flatMap { own, matrices in
      zip(own, zip(matrices, means)).map { gradient, other in
        let (matrix, mean) = other
        let turned = withoutGradients { Rotation.turned(gradient, by: matrix.detached()) }
        return (Rotation.turned(mean, by: matrix) - turned).squared().sum() * (1 / Double(gradient.shape[0]))
      }
    }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }

  /// The mean of the gradients, each in the length of their plain mean.
  private static func commonGradient(_ gradients: [[Tensor]]) -> [Tensor] {
    func length(_ maps: [Tensor]) -> Double {
      maps.reduce(0) { sum, map in sum + map.squared().sum(dtype: .float64).item }.squareRoot()
    }
    func combined(_ weights: [Double]) -> [Tensor] {
      gradients[0].indices.map { map in
        let terms = zip(gradients, weights).map { $0[map] * $1 }
        return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
      }
    }
    let fraction = 1 / Double(gradients.count)
    let target = length(combined(gradients.map { _ in fraction }))
    return combined(
      gradients.map {
        let own = length($0)
        return own > 0 ? target / own * fraction : 0
      })
  }
}
