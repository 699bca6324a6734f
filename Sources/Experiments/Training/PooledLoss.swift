import NeuralNetworks
import Torch

/// A task's loss over a data set: the mean over all known labels, however the data are cut into batches.
///
/// A loss that weighs classes by their frequency weighs them by each image's own.
struct PooledLoss {
  private var sum = 0.0
  private(set) var labelCount = 0.0

  /// - Parameters:
  ///   - prediction: batch × channels × height × width.
  ///   - target: of the same batch.
  mutating func add(_ loss: any Loss, _ prediction: Tensor, _ target: Tensor) {
    for image in 0..<target.shape[0] {
      let (prediction, target) = (prediction[image..<(image + 1)], target[image..<(image + 1)])
      let labels = loss.labels(in: target)
      guard labels.known > 0 else { continue }
      sum += loss(prediction, target, balance: labels).item * labels.known
      labelCount += labels.known
    }
  }

  var mean: Double { sum / max(1, labelCount) }
}
