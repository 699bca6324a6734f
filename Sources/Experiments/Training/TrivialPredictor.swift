import Foundation
import Support
import Torch
import VisionData

/// Predicts the same for every pixel of every picture: what a network has to beat.
///
/// The majority class, the mean depth, normal or quantity, the frequency of edges and of salience.
struct TrivialPredictor {
  /// For each task the constant prediction, one number per channel.
  private let constants: [[Double]]

  /// - Parameter count: how many training samples are looked at, as evaluation prepares them.
  init(_ data: DataSetup, count: Int) throws {
    let tasks = data.bindings.map(\.task)
    var statistics = tasks.map(TargetStatistics.init)
    var generator = SeededGenerator(seed: 0)
    for position in 0..<min(count, data.training.count) {
      let raw = try data.training.sample(at: position)
      let sample = data.evaluationTransforms.reduce(raw) { $1($0, tasks: tasks, using: &generator) }
      for (index, task) in tasks.enumerated() { statistics[index].add(sample.targets[task.name]!) }
    }
    constants = statistics.map(\.prediction)
  }

  func callAsFunction(_ batch: Batch) -> [Tensor] {
    let (height, width) = (batch.images.shape[2], batch.images.shape[3])
    return constants.map { constant in
      Tensor(constant.map { Float($0) }, shape: [1, constant.count, 1, 1]).to(batch.images.device)
        .expanded([batch.count, -1, height, width])
    }
  }
}

/// What is known of a task, channel by channel: of numbers their sum and how many they are, of classes how often each
/// is seen.
private struct TargetStatistics {
  private let task: VisionTask
  private var sums: [Double]
  private var counts: [Double]

  init(_ task: VisionTask) {
    self.task = task
    sums = [Double](repeating: 0, count: task.channels)
    counts = sums
  }

  mutating func add(_ target: PixelMap) {
    let pixels = target.height * target.width
    switch task.kind {
    case .segmentation:
      for label in target.values where label != VisionTask.unknown { sums[Int(label)] += 1 }
    case .normals:
      // A direction is known as a whole, or not at all.
      for pixel in 0..<pixels {
        let components = (0..<3).map { target.values[$0 * pixels + pixel] }
        if !components.contains(VisionTask.unknown) { add(components) }
      }
    case .depth, .edges, .saliency, .quantities:
      for channel in 0..<target.channels {
        for value in target.values[(channel * pixels)..<((channel + 1) * pixels)] where value != VisionTask.unknown {
          sums[channel] += Double(value)
          counts[channel] += 1
        }
      }
    }
  }

  private mutating func add(_ components: [Float]) {
    for (channel, value) in components.enumerated() {
      sums[channel] += Double(value)
      counts[channel] += 1
    }
  }

  /// Zero where nothing is known.
  private var means: [Double] { zip(sums, counts).map { $0 / max(1, $1) } }

  var prediction: [Double] {
    switch task.kind {
    case .segmentation:
      let majority = sums.indices.max { sums[$0] < sums[$1] }!
      return sums.indices.map { $0 == majority ? 10 : -10 }
    case .depth, .normals, .quantities: return means
    case .edges, .saliency:
      let frequency = min(max(means[0], 1e-6), 1 - 1e-6)
      return [log(frequency / (1 - frequency))]
    }
  }
}
