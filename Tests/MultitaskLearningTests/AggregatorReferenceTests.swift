import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// Directions of public implementations, or of exact solutions of the problems that define the methods.
@Suite struct AggregatorReferenceTests {
  private let reference = try! Reference(
    contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/aggregation.json"))

  private func rows(_ record: Reference) -> [[Double]] { record["jacobian"].array.map(\.doubles) }

  private func combine(_ weights: Vector, _ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { column in zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] } }
  }

  private func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// `|d − ref| ≤ tolerance · max(|ref|, shortest non-zero row)`.
  private func check(_ found: [Double], _ expected: [Double], _ tolerance: Double, _ rows: [[Double]], _ what: String) {
    let scale = rows.map(norm).filter { $0 > 0 }.min() ?? 1
    let distance = norm(paired(found, expected).map { $0 - $1 })
    #expect(distance <= tolerance * max(norm(expected), scale), "\(what): \(found), not \(expected)")
  }

  /// What the method is asked, by the reference's key.
  private static let gramianMethods: [(key: String, field: String, method: any GramianAggregator)] =
    [
      ("sum", "direction", GradientSum()), ("mean", "direction", GradientMean()),
      ("pcgrad", "direction", PCGrad(order: .ascending)), ("mgda", "direction", MGDA()),
      ("mgda_gn_l2", "direction_original", MGDA(normalization: .l2)),
      ("mgda_gn_loss", "direction_original", MGDA(normalization: .loss)),
      ("mgda_gn_loss+", "direction_original", MGDA(normalization: .lossTimesNorm)),
      ("imtl_g_torchjd", "direction", IMTLG()), ("imtl_g", "direction", IMTLG()),
      ("nash_mtl", "direction", NashMTL(maxNorm: 0)), ("nash_mtl", "direction_clipped_max_norm1", NashMTL(maxNorm: 1)),
      ("fairgrad_alpha1", "direction", FairGrad(alpha: 1)), ("fairgrad_alpha2", "direction", FairGrad(alpha: 2)),
      ("upgrad", "direction", UPGrad(normEpsilon: 1e-4)),
      ("dualproj", "direction", DualProj(normEpsilon: 1e-4)),
    ]
    + [("min", AlignedMTL.Scale.min), ("median", .median), ("rmse", .rmse)].map {
      ("aligned_mtl_\($0.0)", "direction", AlignedMTL(scale: $0.1, rank: .float32))
    }
    + [0.5, 0.4].flatMap { c in
      [0, 1].map { ("cagrad_c\(c)_rescale\($0)", "direction", CAGrad(c: c, rescale: $0)) }
    }

  @Test func everyCaseOfTheGramianMethods() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for record in reference["cases"].array {
      let rows = rows(record)
      for (key, field, method) in Self.gramianMethods where record["expected"].has(key) {
        let expected = record["expected"][key]
        guard !expected["tolerance"].isNull, expected.has(field), !expected[field].isNull else { continue }
        var method = method
        let weights = try method.weights(
          for: Gramian(rows: rows), losses: record["losses"].doubles, using: &generator)
        check(
          combine(weights, rows), expected[field].doubles, expected["tolerance"].double, rows,
          "\(record["name"].string) \(key)")
        checked += 1
      }
    }
    #expect(checked > 230)
  }

  @Test func casesWithRandomDraws() throws {
    var generator = SeededGenerator(seed: 0)
    for record in reference["cases"].array {
      let rows = rows(record)
      let matrix = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
      for (key, leak) in [("graddrop", 0.0), ("graddrop_leak0.25", 0.25)] {
        let expected = record["expected"][key]
        var method = GradDrop(leak: leak)
        method.draws = expected["hyper"]["U"].doubles
        let direction = try method.direction(of: DenseTaskGradients(rows: matrix), losses: [], using: &generator)
        check(
          direction.array(), expected["direction"].doubles,
          expected["tolerance"].double, rows, "\(record["name"].string) \(key)")
      }
      let random = record["expected"]["rgw"]
      var method = RandomGradientWeighting()
      method.draws = random["hyper"]["normal_draws"].doubles
      let weights = try method.weights(for: Gramian(rows: rows), losses: [], using: &generator)
      check(
        combine(weights, rows), random["direction"].doubles, random["tolerance"].double, rows,
        "\(record["name"].string) rgw")
    }
  }

  @Test func sequencesOfMethodsWithMemory() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for sequence in reference["sequences"].array {
      var method: any GradientAggregator
      switch sequence["method"].string {
      case "gradvac": method = GradVac(beta: sequence["hyper"]["beta"].double, order: .ascending)
      case "nash_mtl": method = NashMTL(maxNorm: 0)
      case "imtl": method = IMTL(learningRate: sequence["hyper"]["s_lr"].double)
      default: continue
      }
      for (index, step) in sequence["steps"].array.enumerated() {
        let rows = rows(step)
        let matrix = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
        let direction = try method.direction(
          of: DenseTaskGradients(rows: matrix), losses: step["losses"].doubles, using: &generator)
        let tolerance = sequence["method"].string == "nash_mtl" ? 1e-3 : 1e-5
        check(
          direction.array(), step["direction"].doubles, tolerance, rows, "\(sequence["name"].string) step \(index)")
        checked += 1
      }
    }
    #expect(checked > 30)
  }
}

/// Laws that hold for whatever gradients.
@Suite struct AggregatorLawTests {
  private static let methods: [(name: String, method: any GramianAggregator)] = [
    ("mgda", MGDA()), ("cagrad", CAGrad()), ("nash-mtl", NashMTL(maxNorm: 0)), ("imtl-g", IMTLG()),
    ("aligned-mtl", AlignedMTL()), ("fairgrad", FairGrad(alpha: 2)), ("upgrad", UPGrad()), ("dualproj", DualProj()),
  ]

  private func randomGramian(_ count: Int, _ width: Int, _ generator: inout SeededGenerator) -> Gramian {
    let shared = (0..<width).map { _ in Double.random(in: -1...1, using: &generator) }
    let pull = Double.random(in: 0...1, using: &generator)
    return Gramian(
      rows: (0..<count).map { _ in shared.map { pull * $0 + .random(in: -1...1, using: &generator) } })
  }

  @Test func noTaskIsAgainstTheDirection() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<400 {
      let count = 2 + round % 10
      let gramian = randomGramian(count, count + 5, &generator)
      for (name, method) in Self.methods where ["mgda", "nash-mtl", "upgrad", "dualproj"].contains(name) {
        var method = method
        let weights = try method.weights(for: gramian, losses: [], using: &generator)
        let size = weights.reduce(0) { $0 + abs($1) }
        for task in gramian.tasks {
          let product = gramian.product(weights, task)
          // The dual cones are regularized by 1e-4 of the trace, as their code is.
          let slack =
            name.hasSuffix("d") || name == "dualproj" ? 2e-4 * gramian.tasks.reduce(0) { $0 + gramian[$1, $1] } : 1e-8
          #expect(product > -slack * size, "\(name), \(count) tasks: \(product)")
        }
      }
    }
  }

  @Test func permutingTasksPermutesWeights() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<100 {
      let gramian = randomGramian(6, 12, &generator)
      let order = gramian.tasks.shuffled(using: &generator)
      let permuted = Gramian(taskCount: 6, elements: order.flatMap { i in order.map { gramian[i, $0] } })
      for (name, method) in Self.methods {
        var (a, b) = (method, method)
        let weights = try a.weights(for: gramian, losses: [], using: &generator)
        let others = try b.weights(for: permuted, losses: [], using: &generator)
        let scale = weights.map { abs($0) }.max()!
        for (position, task) in order.enumerated() {
          #expect(abs(others[position] - weights[task]) < 1e-6 * scale, "\(name)")
        }
      }
    }
  }

  /// The shortest vector: no vertex of the hull gives a shorter one, to first order (the optimality condition).
  @Test func minimumNormIsOptimal() throws {
    var generator = SeededGenerator(seed: 7)
    for count in [1, 2, 3, 8, 64] {
      for _ in 0..<20 {
        let gramian = randomGramian(count, count + 3, &generator)
        var mgda = MGDA()
        let weights = try mgda.weights(for: gramian, losses: [], using: &generator)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-12 && weights.allSatisfy { $0 >= 0 })
        let squared = gramian.tasks.reduce(0) { $0 + weights[$1] * gramian.product(weights, $1) }
        let largest = gramian.tasks.map { gramian[$0, $0] }.max()!
        for task in gramian.tasks { #expect(gramian.product(weights, task) > squared - 1e-8 * largest) }
      }
    }
  }

  /// `M w = 1/w` to eight digits, for up to 64 tasks and rows a million apart.
  @Test func bargainingSolutionsSolveTheirEquation() throws {
    var generator = SeededGenerator(seed: 8)
    for count in [1, 2, 5, 11, 64] {
      for spread in [1.0, 1e3, 1e6] {
        let gramian = randomGramian(count, count + 6, &generator)
          .scaled(by: Vector((0..<count).map { $0 % 2 == 0 ? 1 : spread }))
        var method = NashMTL(maxNorm: 0)
        let weights = try method.weights(for: gramian, losses: [], using: &generator)
        for task in gramian.tasks {
          #expect(abs(gramian.product(weights, task) * weights[task] - 1) < 1e-8)
        }
      }
    }
  }

  @Test func degenerateGradientsGiveFiniteWeightsOrAnError() {
    var generator = SeededGenerator(seed: 9)
    let cases: [[[Double]]] = [
      [[1, 2, 3]], [[1, 0], [1, 0]], [[1, 0], [-1, 0]], [[0, 0], [1, 1]], [[0, 0], [0, 0]], [[1e6, 0], [0.5, 1]],
      [[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1e6]],
    ]
    for rows in cases {
      for (name, method) in Self.methods {
        var method = method
        do {
          let weights = try method.weights(
            for: Gramian(rows: rows), losses: rows.map { _ in 1 }, using: &generator)
          #expect(weights.allSatisfy { $0.isFinite }, "\(name) on \(rows)")
        } catch { #expect(error is NoDirectionError, "\(name) on \(rows)") }
      }
    }
  }
}
