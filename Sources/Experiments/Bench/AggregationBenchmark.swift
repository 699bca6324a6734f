import MultitaskLearning
import Support
import Torch

/// An aggregator on random gradients, without any network: how near it comes to reading G twice, and what the small
/// problem on K×K costs.
public struct AggregationBenchmark {
  private var method: any GradientAggregator
  private let gradients: Tensor
  /// As in training, the direction has its place already.
  private let direction: Tensor
  private var generator = SeededGenerator(seed: 3)

  /// - Parameters:
  ///   - name: of the aggregator, with its default parameters.
  ///   - taskCount: K.
  ///   - width: d.
  ///   - threads: of the kernels.
  /// - Throws: ``MethodError`` for an unknown aggregator.
  public init(aggregator name: String, taskCount: Int, width: Int, threads: Int) throws {
    Runtime.threadCount = threads
    method = try MethodRegistry.aggregator(name).make(tasks: (0..<taskCount).map { "task\($0)" })
    let random = RandomGenerator(seed: 1)
    // Gradients of tasks that have something in common, as those of a network have.
    let common = random.normal([width])
    gradients = withoutGradients { .zeros([taskCount, width]) }
    direction = .zeros([width])
    for task in 0..<taskCount {
      gradients[task].copy(from: random.normal([width]))
      gradients[task].add(inPlace: common, scale: 0.3)
    }
  }

  /// From G to the direction.
  public mutating func aggregate() throws {
    var context = AggregationContext(taskCount: losses.count, losses: losses, generator: generator)
    try method.writeDirection(of: DenseTaskGradients(rows: gradients), into: direction, &context)
    generator = context.generator
  }

  /// Reads all of G once, as fast as libtorch's simplest kernel can.
  public func read() { _ = gradients.sum() }

  /// The small problem alone; nil if the method needs more of the gradients than their inner products.
  public mutating func solver() -> (() throws -> Void)? {
    guard method.need <= .gramian else { return nil }
    let gramian = DenseTaskGradients(rows: gradients).gramian
    var method = method
    var context = AggregationContext(taskCount: losses.count, losses: losses, generator: generator)
    return { _ = try method.weights(forInnerProducts: gramian, &context) }
  }

  private var losses: [Double] { [Double](repeating: 1, count: gradients.shape[0]) }
}
