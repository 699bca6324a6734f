import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// Rows whose columns lie in several places, as those of several machines do: they are never put together.
private struct ShardedRows: GramianSource {
  /// For each place the rows' elements there.
  let shards: [[[Double]]]

  var taskCount: Int { shards[0].count }
  private var width: Int { shards.reduce(0) { $0 + $1[0].count } }

  /// As machines would add up what each of them has found.
  var gramian: Gramian { shards.dropFirst().reduce(Gramian(rows: shards[0])) { $0 + Gramian(rows: $1) } }

  func makeDirection() -> Tensor { .zeros([width], dtype: .float64) }

  func combine(_ weights: Vector, into direction: Tensor) {
    let elements = shards.flatMap { rows in
      rows[0].indices.map { column in weights.dot(Vector(rows.map { $0[column] })) }
    }
    direction.copy(from: Tensor(elements, shape: [width]))
  }
}

/// Aggregators that are handed a Gramian only.
@Suite struct GramianSourceTests {
  private static let tasks = ["a", "b", "c"]

  private func shards(_ generator: inout SeededGenerator) -> [[[Double]]] {
    [4, 3].map { width in
      (0..<3).map { _ in (0..<width).map { _ in Double.random(in: -1...1, using: &generator) } }
    }
  }

  private static let names = MethodRegistry.aggregators.filter {
    (try? $0.make(tasks: tasks).need <= .gramian) ?? false
  }.map(\.name)

  @Test func mostAggregatorsNeedNoMore() {
    #expect(Self.names.count == 20 && !Self.names.contains("graddrop") && !Self.names.contains("cosreg"))
  }

  /// The weights, and the direction of rows that are never in one matrix, are those of the whole G.
  @Test(arguments: names) func anAggregatorThatIsHandedAGramianOnly(_ name: String) throws {
    var random = SeededGenerator(seed: 3)
    let entry = try MethodRegistry.aggregator(name)
    var (whole, sharded, alone) = (
      try entry.make(tasks: Self.tasks), try entry.make(tasks: Self.tasks), try entry.make(tasks: Self.tasks)
    )
    var generators = [SeededGenerator](repeating: SeededGenerator(seed: 7), count: 2)
    var context = AggregationContext(taskCount: 3, losses: [1, 2, 0.5], generator: SeededGenerator(seed: 7))
    for step in 0..<3 {
      let shards = shards(&random)
      let rows = (0..<3).map { task in shards.flatMap { $0[task] } }
      let matrix = DenseTaskGradients(rows: Tensor(rows.flatMap { $0 }, shape: [3, 7]))
      let source = ShardedRows(shards: shards)
      let expected = try whole.direction(of: matrix, losses: [1, 2, 0.5], using: &generators[0])
      let found = try sharded.direction(of: source, losses: [1, 2, 0.5], using: &generators[1])
      expectClose(found.array(of: Double.self), expected.array(of: Double.self), tolerance: 1e-6, "\(name) \(step)")
      let weights = try alone.weights(forInnerProducts: source.gramian, &context)
      expectClose(
        matrix.combined(weights).array(of: Double.self), expected.array(of: Double.self), tolerance: 1e-6,
        "\(name) \(step)")
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    var generator = SeededGenerator(seed: 1)
    let source = ShardedRows(shards: shards(&generator))
    for (aggregator, name, need) in [
      (GradDrop(), "GradDrop", "single elements of the gradients"),
      (GradVac(granularity: .layer), "GradVac", "the inner products of the gradients within parts of the network"),
    ] as [(any GradientAggregator, String, String)] {
      var aggregator = aggregator
      #expect {
        try aggregator.direction(of: source, using: &generator)
      } throws: {
        $0 is MethodError && "\($0)".hasPrefix("\(name) needs \(need), but was given ShardedRows")
      }
      var context = AggregationContext(taskCount: 3, generator: generator)
      #expect {
        try aggregator.weights(forInnerProducts: source.gramian, &context)
      } throws: {
        $0 is MethodError
          && "\($0)" == "\(name) needs \(need), but was given the inner products of whole gradients alone"
      }
    }
    var regularizer: any GradientAggregator = CosReg()
    var context = AggregationContext(taskCount: 3, generator: generator)
    #expect {
      try regularizer.weights(forInnerProducts: source.gramian, &context)
    } throws: {
      "\($0)".hasPrefix("CosReg needs the derivatives of the gradients, but was given")
    }
  }

  @Test func anAggregatorOfTheWholeModelNeedsNoParts() {
    #expect(GradVac().need == .gramian && GradVac(granularity: .layer).need == .segments)
    #expect(PCGrad().need == .gramian && GradientMean().need == .weightedSum)
    #expect(GradDrop().need == .elements && CosReg().need == .secondOrder)
  }
}
