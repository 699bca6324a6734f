import MultitaskLearning
import Support
import Torch

/// A measurement of an aggregator on random gradients G, without a network: its time in relation to reading G twice,
/// and the time of the small problem on K×K.
public struct AggregationBenchmark {
  private var method: any GradientAggregator
  private let gradients: Tensor
  /// The memory for the direction, which exists before an aggregation, as in training.
  private let direction: Tensor
  private var generator = SeededGenerator(seed: 3)

  /// - Parameters:
  ///   - name: the name of the aggregator, which has its default parameters.
  ///   - taskCount: the number of tasks, K.
  ///   - width: the number of shared parameters, d.
  ///   - threads: the number of threads of libtorch's kernels.
  /// - Throws: `MethodError` for an unknown aggregator.
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

  /// Aggregates G to the direction once.
  ///
  /// - Throws: What the aggregator throws.
  public mutating func aggregate() throws {
    var context = AggregationContext(taskCount: losses.count, losses: losses, generator: generator)
    try method.writeDirection(of: DenseTaskGradients(rows: gradients), into: direction, &context)
    generator = context.generator
  }

  /// Reads all of G once, as fast as libtorch's simplest kernel can.
  public func read() { _ = gradients.sum() }

  /// Returns a closure that solves only the problem on K×K; nil if the method needs more than inner products.
  public mutating func solver() -> (() throws -> Void)? {
    guard method.need <= .gramian else { return nil }
    let gramian = DenseTaskGradients(rows: gradients).gramian
    var method = method
    var context = AggregationContext(taskCount: losses.count, losses: losses, generator: generator)
    return { _ = try method.weights(forInnerProducts: gramian, &context) }
  }

  private var losses: [Double] { [Double](repeating: 1, count: gradients.shape[0]) }
}
