import Foundation
import Torch
import VisionData

/// Predicts the same for every pixel of every picture: what a network has to beat.
///
/// The majority class, the mean depth, normal or quantity, the frequency of edges and of salience.
struct TrivialPredictor {
  /// For each task the constant prediction, one number per channel.
  private let constants: [[Double]]

  /// - Parameter count: how many training samples are looked at.
  init(_ source: any SampleSource, bindings: [TaskBinding], count: Int) throws {
    var sums = bindings.map { [Double](repeating: 0, count: $0.task.channels) }
    var counts = [Double](repeating: 0, count: bindings.count)
    for position in 0..<min(count, source.count) {
      let sample = try source.sample(at: position)
      for (index, binding) in bindings.enumerated() {
        let target = sample.targets[binding.name]!
        let pixels = target.height * target.width
        for pixel in 0..<pixels where target.values[pixel] != VisionTask.unknown {
          counts[index] += 1
          switch binding.task.kind {
          case .segmentation: sums[index][Int(target.values[pixel])] += 1
          default:
            for channel in 0..<target.channels {
              sums[index][channel] += Double(target.values[channel * pixels + pixel])
            }
          }
        }
      }
    }
    constants = zip(bindings, zip(sums, counts)).map { binding, statistics in
      Self.prediction(binding.task, sum: statistics.0, count: max(1, statistics.1))
    }
  }

  private static func prediction(_ task: VisionTask, sum: [Double], count: Double) -> [Double] {
    switch task.kind {
    case .segmentation:
      let majority = sum.indices.max { sum[$0] < sum[$1] }!
      return sum.indices.map { $0 == majority ? 10 : -10 }
    case .depth, .normals, .quantities: return sum.map { $0 / count }
    case .edges, .saliency:
      let frequency = min(max(sum[0] / count, 1e-6), 1 - 1e-6)
      return [log(frequency / (1 - frequency))]
    }
  }

  func callAsFunction(_ batch: Batch) -> [Tensor] {
    let (height, width) = (batch.images.shape[2], batch.images.shape[3])
    return constants.map { constant in
      Tensor(constant.map { Float($0) }, shape: [1, constant.count, 1, 1]).to(batch.images.device)
        .expanded([batch.count, -1, height, width])
    }
  }
}
