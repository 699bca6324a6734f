import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// What holds of the second set's methods for matrices of all sizes, ranks and kinds of stationarity, at many scales.
@Suite struct MoreLawsTests {
  private typealias More = MoreReference
  private typealias Families = MatrixFamilyTests

  /// - Parameter body: gets rows, and what they are.
  private func forEachMatrix(_ body: (_ rows: [[Double]], _ what: String) throws -> Void) rethrows {
    for matrix in Families.matrices {
      for scale in Families.scales {
        try body(
          matrix["matrix"].array.map { $0.doubles.map { $0 * scale } }, "\(matrix["name"].string) × \(scale)")
      }
    }
  }

  private func weights(_ aggregator: any GradientAggregator, _ rows: [[Double]]) throws -> Vector {
    var aggregator = aggregator
    var context = AggregationContext(
      taskCount: rows.count, losses: rows.map { _ in 1 }, generator: SeededGenerator(seed: 0))
    return try aggregator.weights(forInnerProducts: Gramian(rows: rows), &context)
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Equal cosines with all gradients that are not zero, or as the preference has them; zero where there is no such direction.
  @Test func conflictFreeDirections() throws {
    var (found, none) = (0, 0)
    try forEachMatrix { rows, what in
      let norms = rows.map(More.norm)
      let preference = rows.indices.map { 1 + 0.25 * Double($0 % 3) }
      for wanted in [rows.map { _ in 1 }, preference] {
        let direction = More.combine(try weights(ConFIG(preference: wanted), rows), rows)
        let length = More.norm(direction)
        #expect(direction.allSatisfy { $0.isFinite }, "\(what)")
        guard length > 0 else {
          none += 1
          continue
        }
        let cosines = zip(rows, norms).filter { $0.1 > 0 }.map { dot($0.0, direction) / $0.1 / length }
        let sum = zip(norms.filter { $0 > 0 }, cosines).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(length - sum) <= 1e-6 * norms.max()!, "\(what): \(length), not \(sum)")
        let gramian = Gramian(rows: rows)
        guard MoreLaws.rank(gramian) == rows.count else { continue }
        let ratios = zip(cosines, wanted).map { $0 / $1 }
        #expect(ratios.max()! - ratios.min()! <= 1e-6 && ratios.min()! > 0, "\(what): \(cosines)")
        found += 1
      }
    }
    #expect(found > 100 && none > 10)
  }

  /// The weights of a multiple of all gradients are the same, and those of the gradients in another order are in that order.
  @Test func scalesAndOrders() throws {
    var generator = SeededGenerator(seed: 4)
    for matrix in Families.matrices {
      let rows = matrix["matrix"].array.map(\.doubles)
      let size = max(rows.map(More.norm).max()!, 1e-300)
      let order = rows.indices.shuffled(using: &generator)
      for aggregator in [ConFIG(), ConFIG(preference: rows.map { _ in 2 })] as [any GradientAggregator] {
        let direction = More.combine(try weights(aggregator, rows), rows)
        let permuted = order.map { rows[$0] }
        let other = More.combine(try weights(aggregator, permuted), permuted)
        #expect(More.norm(zip(direction, other).map { $0 - $1 }) <= 1e-6 * size, "\(matrix["name"].string)")
        for scale in [1 / 1024.0, 1024] {
          let scaled = rows.map { $0.map { $0 * scale } }
          let found = More.combine(try weights(aggregator, scaled), scaled)
          #expect(
            More.norm(zip(direction, found).map { $0 * scale - $1 }) <= 1e-6 * size * scale,
            "\(matrix["name"].string) × \(scale)")
        }
      }
    }
  }

  /// No other gradient has a lower score than those that are chosen; of equal scores the first ones are.
  @Test func nearestNeighbors() throws {
    try forEachMatrix { rows, what in
      for (byzantine, selected) in [(0, 1), (1, 1), (1, 2)] where rows.count >= byzantine + 3 {
        let weights = try weights(Krum(byzantine: byzantine, selected: selected), rows)
        let chosen = weights.indices.filter { weights[$0] > 0 }
        #expect(chosen.count == selected && abs(weights.sum - 1) < 1e-12, "\(what)")
        let scores = rows.indices.map { i in
          rows.indices.filter { $0 != i }.map { j in
            zip(rows[i], rows[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          }
          .sorted().prefix(rows.count - byzantine - 2).reduce(0, +)
        }
        let largest = rows.map { dot($0, $0) }.max()!
        let limit = scores.sorted()[selected - 1]
        #expect(chosen.allSatisfy { scores[$0] <= limit + 1e-12 * largest * Double(rows.count) }, "\(what)")
      }
    }
    // Two gradients are as near to each other.
    #expect(try weights(Krum(), [[1, 2], [3, 4]]) == [0.5, 0.5])
    #expect(try weights(Krum(), [[1, 2]]) == [1])
  }

  /// Element by element between the others, and the mean where nothing is left out.
  @Test func trimmedMeans() throws {
    var generator = SeededGenerator(seed: 1)
    try forEachMatrix { rows, what in
      for trim in [0, 1, 2, 40] {
        var method = TrimmedMean(trim: trim)
        let found: [Double] = try method.direction(of: More.matrix(rows), using: &generator).array()
        let left = min(trim, (rows.count - 1) / 2)
        for (column, value) in found.enumerated() {
          let kept = rows.map { $0[column] }.sorted().dropFirst(left).dropLast(left)
          let size = kept.map { abs($0) }.max()!
          #expect(abs(value - kept.reduce(0, +) / Double(kept.count)) <= 1e-12 * size, "\(what)")
        }
      }
    }
  }

  /// The length of the primary task's gradient, or zero; the minimum for every other task, where that is possible.
  @Test func primaryTasks() throws {
    var (kept, impossible) = (0, 0)
    try forEachMatrix { rows, what in
      for (tau, primary) in [(0.02, 0), (0.5, rows.count - 1)] {
        let pcd = PCD(gains: rows.map { _ in tau }, primary: primary, epsilon: 1e-30)
        let weights = try weights(pcd, rows)
        let direction = More.combine(weights, rows)
        let norms = rows.map(More.norm)
        let length = More.norm(direction)
        #expect(
          length == 0 || abs(length - norms[primary]) <= 1e-6 * norms[primary],
          "\(what): \(length), not \(norms[primary])")
        guard length > 0 else { continue }
        // In a single step, gradients have unit length: the products with them are cosines.
        let cosines = rows.indices.filter { $0 != primary && norms[$0] > 0 }.map {
          dot(rows[$0], direction) / norms[$0] / length
        }
        if direction == rows[primary] && (cosines.min() ?? 1) < tau / 1e3 { impossible += 1 } else { kept += 1 }
        #expect(direction == rows[primary] || cosines.allSatisfy { $0 > 0 }, "\(what): \(cosines)")
      }
    }
    #expect(kept > 100 && impossible > 10)
    // Without its primary task, a step has nothing to follow.
    var (pcd, context) = (
      PCD(gains: [0.1, 0.1, 0.1]),
      AggregationContext(tasks: [1, 2], taskCount: 3, losses: [1, 1], generator: SeededGenerator(seed: 0))
    )
    #expect(pcd.weights(for: Gramian(rows: [[1, 2], [3, 4]]), &context) == [0, 0])
  }

  /// With a preference, the exact projections are still against no task.
  @Test func preferredProjections() throws {
    try forEachMatrix { rows, what in
      let parameters = ConeParameters(regularization: 0, preference: rows.indices.map { 0.5 + Double($0 % 4) })
      let largest = rows.map(More.norm).max()!
      for aggregator in [UPGrad(parameters), DualProj(parameters)] as [any GradientAggregator] {
        let direction = More.combine(try weights(aggregator, rows), rows)
        for row in rows { #expect(dot(row, direction) >= -1e-6 * largest * largest, "\(what)") }
      }
    }
  }

  /// What is smoothed with α = 0 is what the other aggregator chooses, and smoothed weights stay between those of the steps.
  @Test func smoothedWeights() throws {
    try forEachMatrix { rows, what in
      let gramian = Gramian(rows: rows)
      let chosen = try weights(MGDA(), rows)
      #expect(try weights(WeightSmoothing(of: MGDA(), alpha: 0), rows) == chosen, "\(what)")
      var (method, generator) = (WeightSmoothing(of: MGDA(), alpha: 0.5, start: .uniform), SeededGenerator(seed: 0))
      let even = 1 / Double(rows.count)
      for step in 1...2 {
        let found = try method.weights(for: gramian, using: &generator)
        let left = pow(0.5, Double(step))
        expectClose(found, chosen.map { left * even + (1 - left) * $0 }, tolerance: 1e-12, what)
      }
    }
  }

  /// Methods that remember have finite directions for whatever gradients and losses.
  @Test func rememberedGradientsStayFinite() throws {
    let methods = ["config", "db-mtl", "moco", "modo", "sdmgrad", "pcd", "smoothing", "rotograd"]
    try forEachMatrix { rows, what in
      let tasks = rows.indices.map { "\($0)" }
      for name in methods {
        for settings in name == "config" ? [["momentum": MethodSetting.text("true")]] : [[:]] {
          var (method, generator) = (
            try MethodRegistry.aggregator(name).make(settings, tasks: tasks), SeededGenerator(seed: 0)
          )
          for step in 0..<3 {
            let direction: [Double] = try method.direction(
              of: More.matrix(rows), losses: tasks.indices.map { Double($0 + step) }, using: &generator
            ).array()
            #expect(direction.count == rows[0].count && direction.allSatisfy(\.isFinite), "\(name) \(what)")
          }
        }
      }
    }
  }

  /// A projection on the simplex is the nearest of its points: none is nearer in the direction of a vertex.
  @Test func excessWeightsAddUp() throws {
    var generator = SeededGenerator(seed: 0)
    forEachMatrix { rows, what in
      for sum in ExcessMTL.Sum.allCases {
        var method = ExcessMTL(stepSize: 0.5, warmup: 1, sum: sum)
        for _ in 0..<4 {
          let weights = method.weights(for: rows.map { _ in 1 }, gradients: More.matrix(rows), using: &generator)
          let total = sum == .tasks ? Double(rows.count) : 1
          #expect(
            weights.count == rows.count && weights.allSatisfy { $0.isFinite && $0 >= 0 }
              && abs(weights.reduce(0, +) - total) < 1e-9 * total, "\(what)")
        }
      }
    }
  }
}

enum MoreLaws {
  /// The number of singular values of the unit rows that are more than a ten-thousandth of the largest.
  static func rank(_ gramian: Gramian) -> Int {
    var rows = gramian.tasks.map { i in gramian.tasks.map { gramian.cosine(i, $0) } }
    var rank = 0
    // Cholesky's decomposition with pivots.
    for _ in rows.indices {
      guard let pivot = rows.indices.max(by: { rows[$0][$0] < rows[$1][$1] }), rows[pivot][pivot] > 1e-8 else { break }
      let (row, diagonal) = (rows[pivot], rows[pivot][pivot])
      for i in rows.indices { for j in rows.indices { rows[i][j] -= row[i] * row[j] / diagonal } }
      rank += 1
    }
    return rank
  }
}
