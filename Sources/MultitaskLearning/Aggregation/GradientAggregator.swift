import Support
import Torch

/// Answers: how do K gradients become one?
///
/// An aggregator conforms to the protocol that says what it works on, which implies its ``need`` and leaves one function
/// to write:
///
/// - ``GramianAggregator`` for one that chooses K weights by the inner products of the gradients, as most do;
/// - ``LocalGramianAggregator`` for one that does so in each part of the network, ``SegmentedAggregator`` for any other one
///   that tells parts of the network from each other;
/// - ``ElementwiseAggregator`` for one that looks at single elements;
/// - ``IndependentBatchAggregator`` for one that multiplies gradients of several batches;
/// - ``SecondOrderAggregator`` for one that differentiates the gradients;
/// - ``ConstantAggregator`` for one that needs to see nothing.
public protocol GradientAggregator: Checkpointed, Sendable {
  /// What the aggregator needs of the gradients. It decides by which backward passes a step computes them.
  var need: GradientNeed { get }

  /// Whether the direction depends on the losses themselves, too; defaults to false.
  var needsLosses: Bool { get }

  /// Whether the direction depends on earlier gradients of all tasks, so that updates of some tasks alone do not fit.
  ///
  /// It defaults to false for an aggregator without a state; one with a state has to say.
  var remembersGradients: Bool { get }

  /// Whether numbers for each element of the gradients are kept from step to step; defaults to false. Such an aggregator
  /// works at parameters alone: features have other values, and may have other shapes, in every batch.
  var remembersElements: Bool { get }

  /// How many independent batches a step takes; defaults to one. More are for aggregators whose ``need`` is
  /// ``GradientNeed/independentBatches``.
  var batchCount: Int { get }

  /// On which scale losses are differentiated, those of tasks' own parameters, too; defaults to ``LossScale/linear``. The
  /// rows that the aggregator is handed are gradients on this scale.
  var lossScale: LossScale { get }

  /// Whether the direction is the plain sum of the gradients; defaults to false. Schedules that combine gradients
  /// themselves go with no other aggregator.
  var isPlainSum: Bool { get }

  /// How long the direction is where all tasks have the same gradient; defaults to ``DirectionLength/open``. Methods are
  /// brought to a common scale by it.
  ///
  /// - Parameters:
  ///   - tasks: the tasks that have a row: positions among all of the network's tasks, ascending.
  ///   - taskCount: the number of all tasks.
  func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength

  /// Writes the direction that takes the gradient's place.
  ///
  /// - Parameters:
  ///   - gradients: G, whose rows are the gradients of the weighted losses, K×d.
  ///   - direction: d elements.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Throws: ``MethodError`` if the method has no answer, or needs more of the gradients than these give;
  ///   ``NoDirectionError`` if no direction helps all tasks.
  mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws

  /// The weights of the rows, from their inner products alone: nothing else of the gradients has to be known.
  ///
  /// - Parameters:
  ///   - gramian: `G Gᵀ`, K×K.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Returns: K weights w; the direction is `Gᵀ w`.
  /// - Throws: ``MethodError`` if the method has no answer, or needs more than inner products; ``NoDirectionError`` if no
  ///   direction helps all tasks.
  mutating func weights(
    forInnerProducts gramian: Gramian, _ context: inout AggregationContext
  ) throws -> Vector

  /// The weights of the rows of independent batches. A step asks only aggregators whose ``need`` is
  /// ``GradientNeed/independentBatches``.
  ///
  /// - Parameters:
  ///   - products: of the first batch's gradients with the second's, K×K.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Returns: K weights w.
  mutating func weights(
    forIndependentBatches products: CrossProducts, _ context: inout AggregationContext
  ) throws -> Vector

  /// The weight of each task's gradient. A step asks only aggregators whose ``need`` is ``GradientNeed/weightedSum``.
  ///
  /// - Parameter tasks: whose gradients they are: positions among all of the network's tasks, ascending.
  /// - Returns: one for each of `tasks`.
  func constantWeights(of tasks: [Int]) -> Vector

  /// How the gradients of the regularizer combine the tasks' gradients: K×K numbers, of which row k makes `v_k`; the
  /// direction is `Σ g_k + Σ H_k v_k`, with `H_k` the second derivatives of task k's loss. A step asks only aggregators
  /// whose ``need`` is ``GradientNeed/secondOrder``.
  func regularizerWeights(for gramian: Gramian) -> [[Double]]
}

extension GradientAggregator where State == Stateless {
  /// An aggregator without a state remembers nothing.
  public var remembersGradients: Bool { false }
}

extension GradientAggregator {
  /// The losses are not looked at, unless an aggregator says so.
  public var needsLosses: Bool { false }
  /// No numbers are kept by element, unless an aggregator says so.
  public var remembersElements: Bool { false }
  /// One batch, unless an aggregator says so.
  public var batchCount: Int { 1 }
  /// Losses are differentiated as they are, unless an aggregator says so.
  public var lossScale: LossScale { .linear }
  /// The direction is another one than the plain sum, unless an aggregator says so.
  public var isPlainSum: Bool { false }
  /// Nothing is known of the length, unless an aggregator says it.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .open }

  /// The weights of the rows, from their inner products alone.
  public mutating func weights(
    forInnerProducts gramian: Gramian, _ context: inout AggregationContext
  ) throws -> Vector {
    throw tooLittle("the inner products of whole gradients alone")
  }

  /// Throws: only an aggregator of independent batches is asked.
  public mutating func weights(
    forIndependentBatches products: CrossProducts, _ context: inout AggregationContext
  ) throws -> Vector {
    throw tooLittle("the products of two batches' gradients alone")
  }

  /// Stops the program: only an aggregator of constant weights is asked.
  public func constantWeights(of tasks: [Int]) -> Vector {
    fatalError("\(type(of: self)) has no constant weights: its need is \(need)")
  }

  /// Stops the program: only an aggregator of second order is asked.
  public func regularizerWeights(for gramian: Gramian) -> [[Double]] {
    fatalError("\(type(of: self)) regularizes nothing: its need is \(need)")
  }

  /// The direction of gradients of all tasks, as a new vector of d elements.
  ///
  /// - Parameters:
  ///   - gradients: G, K×d.
  ///   - losses: K numbers; defaults to an empty list, for aggregators that do not look at losses.
  ///   - generator: where random numbers come from.
  /// - Throws: as `writeDirection(of:into:_:)`.
  public mutating func direction(
    of gradients: any GramianSource, losses: [Double] = [], using generator: inout SeededGenerator
  ) throws -> Tensor {
    let direction = gradients.makeDirection()
    var context = AggregationContext(taskCount: gradients.taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    try writeDirection(of: gradients, into: direction, &context)
    return direction
  }

  /// What is said where gradients give less than the aggregator needs.
  func tooLittle(_ given: String) -> MethodError {
    MethodError("\(type(of: self)) needs \(need.phrase), but was given \(given)")
  }
}
