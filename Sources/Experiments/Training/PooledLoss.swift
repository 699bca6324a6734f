import NeuralNetworks
import Torch

/// A task's loss over a data set: the mean over all known labels, however the data are cut into batches.
///
/// A loss that weighs classes by their frequency weighs them by each image's own.
struct PooledLoss {
  private var sum = 0.0
  private(set) var labelCount = 0.0

  /// - Parameters:
  ///   - prediction: batch × channels × height × width, or batch × attributes or classes.
  ///   - target: of the same batch.
  mutating func add(_ loss: any Loss, _ prediction: Tensor, _ target: Labels) {
    for (image, target) in target.images.enumerated() {
      let counts = loss.labelCounts(in: target)
      guard counts.known > 0 else { continue }
      sum += loss(prediction[image..<(image + 1)], target, balance: counts).item * counts.known
      labelCount += counts.known
    }
  }

  var mean: Double { sum / max(1, labelCount) }
}
