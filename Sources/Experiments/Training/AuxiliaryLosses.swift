import NeuralNetworks
import Torch

/// The losses of predictions from within the network on one batch, for the log.
///
/// A step may compute a loss several times; the first value counts, which is that before the task's first update.
final class AuxiliaryLosses {
  private struct Key: Hashable {
    let name: String
    /// The number of the batch's part.
    let part: Int
  }

  private var values: [Key: (loss: Tensor, fraction: Double)] = [:]

  /// - Parameters:
  ///   - name: the name of the prediction.
  ///   - task: the name of the prediction's task.
  ///   - part: the number of the batch's part.
  ///   - fraction: the fraction of the task's labels that lie in this part.
  func add(_ loss: Tensor, of name: String, task: String, part: Int, fraction: Double) {
    let key = Key(name: "\(task)/\(name)", part: part)
    if values[key] == nil { values[key] = (loss.detached(), fraction) }
  }

  /// The means over the batch's labels, by `task/name`.
  var means: [String: Double] {
    values.reduce(into: [:]) { $0[$1.key.name, default: 0] += $1.value.loss.item * $1.value.fraction }
  }
}
