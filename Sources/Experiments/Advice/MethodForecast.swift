import MultitaskLearning
import Support

/// How an aggregator would have treated the tasks in observed steps: the cosines of its direction with their gradients.
///
/// Along a direction of a given length, a task's loss falls, to first order, by its gradient's norm times this cosine: a
/// method whose cosines are larger lets tasks go down more steeply, each measured by what it could reach alone. What follows
/// from other directions in later steps is not seen: the steps are those of the plain sum.
struct MethodForecast: Sendable {
  /// For each observation, the mean cosine over the tasks.
  let means: [Double]
  /// For each observation, the smallest cosine.
  let smallest: [Double]

  /// Lets an aggregator combine the gradients of all observations, one after another.
  ///
  /// - Returns: nil if it needs more of the gradients than their inner products, or has no answer to most observations.
  init?(of aggregator: any GradientAggregator, _ observations: [GradientObservation]) {
    var aggregator = aggregator
    var generator = SeededGenerator(seed: 0)
    var cosines: [[Double]] = []
    for observation in observations {
      let gramian = observation.gramian
      var context = AggregationContext(
        taskCount: gramian.taskCount, losses: observation.losses, generator: generator)
      defer { generator = context.generator }
      guard let weights = try? aggregator.weights(forInnerProducts: gramian, &context),
        let found = Self.cosines(of: weights, gramian)
      else { continue }
      cosines.append(found)
    }
    guard !cosines.isEmpty, 2 * cosines.count >= observations.count else { return nil }
    means = cosines.map { $0.mean ?? 0 }
    smallest = cosines.map { $0.min() ?? 0 }
  }

  /// The cosines of a direction, which weights of the tasks' gradients give, with these gradients; nil if there is no
  /// direction.
  static func cosines(of weights: Vector, _ gramian: Gramian) -> [Double]? {
    let products = gramian.tasks.map { gramian.product(weights, $0) }
    let length = max(0, zip(weights, products).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
    guard length > 0, length.isFinite else { return nil }
    return gramian.tasks.map { gramian.norm($0) > 0 ? products[$0] / (length * gramian.norm($0)) : 0 }
  }
}
