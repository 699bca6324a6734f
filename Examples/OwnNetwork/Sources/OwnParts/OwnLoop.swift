import MultitaskLearning
import Support
import Torch

/// The pieces alone: a training loop of one's own, in which two losses pull one parameter to different places.
///
/// - Returns: the losses at the end.
public func ownLoop<Aggregator: GradientAggregator>(_ aggregator: Aggregator, steps: Int) throws -> [Double] {
  let point = Tensor([3, -2] as [Float], shape: [2])
  point.requiresGradient = true
  let targets = [Tensor([1, 0] as [Float], shape: [2]), Tensor([0, 2] as [Float], shape: [2])]
  func losses() -> [Tensor] { targets.map { (point - $0).squared().sum() } }

  var aggregator = aggregator
  var generator = SeededGenerator(seed: 1)
  for _ in 0..<steps {
    let gradients = taskGradients(of: losses(), withRespectTo: [point])
    let direction = try aggregator.direction(of: gradients, using: &generator)
    withoutGradients { point.add(inPlace: gradients.parts(of: direction)[0], scale: -0.05) }
  }
  return losses().map(\.item)
}
