import Support
import Torch
import VisionData

/// Predicts the same for every pixel of every image: what a network has to beat.
///
/// The majority class, the mean depth, normal or quantity, the frequency of edges, of salience and of attributes,
/// the mean probabilities of classes.
struct TrivialPredictor {
  /// For each task the constant prediction, one number per channel.
  private let constants: [(task: VisionTask, values: [Double])]

  /// - Parameter count: how many training samples are looked at, as evaluation prepares them.
  init(_ data: DataSetup, count: Int) throws {
    var statistics = data.bindings.map { $0.makeStatistics() }
    var generator = SeededGenerator(seed: 0)
    for position in 0..<min(count, data.training.count) {
      let raw = try data.training.sample(at: position)
      let sample = data.evaluationTransforms.reduce(raw) { $1($0, using: &generator) }
      for (index, binding) in data.bindings.enumerated() { statistics[index].add(sample.target(of: binding.name)) }
    }
    constants = zip(data.bindings, statistics).map { ($0.task, $1.prediction) }
  }

  /// The predictions of all tasks for a batch, in the shape in which a network gives them.
  func callAsFunction(_ batch: Batch) -> [Tensor] {
    let size = Array(batch.images.shape[2...])
    return constants.map { task, values in
      let shape = task.isDense ? [1, values.count, 1, 1] : [1, values.count]
      return Tensor(values.map { Float($0) }, shape: shape).to(batch.images.device)
        .expanded([batch.count, -1] + (task.isDense ? size : []))
    }
  }
}
