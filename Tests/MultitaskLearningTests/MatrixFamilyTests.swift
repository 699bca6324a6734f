import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing

/// Every deterministic aggregator on matrices of all sizes, ranks and kinds of stationarity, at many scales: exact
/// directions, and what has to hold of any direction.
@Suite struct MatrixFamilyTests {
  /// A method, the reference's key, and what a common factor of all rows does to the direction: its power.
  struct Method: Sendable, CustomTestStringConvertible {
    let key: String
    let aggregator: any GramianAggregator
    var scaleExponent = 1.0

    var testDescription: String { key }
  }

  static let methods: [Method] =
    [
      Method(key: "sum", aggregator: GradientSum()), Method(key: "mean", aggregator: GradientMean()),
      Method(key: "pcgrad", aggregator: PCGrad(order: .ascending)), Method(key: "mgda", aggregator: MGDA()),
      Method(key: "nash_mtl", aggregator: NashMTL(maxNorm: 0), scaleExponent: 0),
      Method(key: "fairgrad_alpha0.5", aggregator: FairGrad(alpha: 0.5), scaleExponent: 1 / 3.0),
      Method(key: "fairgrad_alpha2", aggregator: FairGrad(alpha: 2), scaleExponent: -1 / 3.0),
      Method(key: "imtl_g", aggregator: IMTLG()),
      Method(key: "upgrad", aggregator: UPGrad()), Method(key: "upgrad_exact", aggregator: UPGrad(regularization: 0)),
      Method(key: "dualproj", aggregator: DualProj()),
      Method(key: "dualproj_exact", aggregator: DualProj(regularization: 0)),
    ]
    + [("min", AlignedMTL.Scale.min), ("median", .median), ("rmse", .rmse)].map {
      Method(key: "aligned_mtl_\($0.0)", aggregator: AlignedMTL(scale: $0.1, rank: .float32))
    }

  static let reference = try! Reference(
    contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/matrix_families.json"))

  static var matrices: [Reference] { reference["matrices"].array }

  /// One, and the scales of the reference that are not zero.
  static var scales: [Double] { [1] + reference["meta"]["scales"].doubles.filter { $0 > 0 } }

  private func rows(_ matrix: Reference, scale: Double = 1) -> [[Double]] {
    matrix["matrix"].array.map { $0.doubles.map { $0 * scale } }
  }

  private func direction(_ aggregator: any GramianAggregator, _ rows: [[Double]]) throws -> [Double] {
    var aggregator = aggregator
    var generator = SeededGenerator(seed: 0)
    let weights = try aggregator.weights(for: Gramian(rows: rows), using: &generator)
    #expect(weights.count == rows.count && weights.allSatisfy(\.isFinite))
    return rows[0].indices.map { column in zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] } }
  }

  private func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test func theFileIsWhole() { #expect(Self.matrices.count == 52 && Self.scales.count == 7) }

  @Test(arguments: methods) func directionsAtEveryScale(_ method: Method) throws {
    let tolerance =
      Self.reference["tolerance"].has(method.key)
      ? Self.reference["tolerance"][method.key].double : Self.reference["tolerance"]["default"].double
    for matrix in Self.matrices {
      let expected = matrix["expected"][method.key]
      for scale in Self.scales {
        let what = "\(method.key) \(matrix["name"].string) × \(scale)"
        let rows = rows(matrix, scale: scale)
        guard !expected.isNull else {
          #expect(throws: NoDirectionError.self, "\(what)") { try direction(method.aggregator, rows) }
          continue
        }
        let factor = pow(scale, method.scaleExponent)
        let found = try direction(method.aggregator, rows)
        let reference = expected.doubles.map { $0 * factor }
        #expect(found.count == reference.count)
        let rowScale = (matrix["row_scale"].isNull ? 0 : matrix["row_scale"].double) * factor
        let distance = norm(zip(found, reference).map { $0 - $1 })
        #expect(distance <= tolerance * max(norm(reference), rowScale), "\(what): \(found), not \(reference)")
      }
    }
  }

  /// Every direction in the ball is right that gains as much for the worst-off task.
  @Test(arguments: [0.4, 0.5, 1.0], [0, 1, 2])
  func conflictAverseDirections(_ c: Double, _ rescale: Int) throws {
    for matrix in Self.matrices {
      let expected = matrix["expected"]["cagrad_c\(c == 1 ? "1" : "\(c)")"]
      for scale in Self.scales {
        let what = "cagrad \(c) \(rescale) \(matrix["name"].string) × \(scale)"
        let rows = rows(matrix, scale: scale)
        let divisor = rescale == 1 ? 1 + c * c : rescale == 2 ? 1 + c : 1
        let found = try direction(CAGrad(c: c, rescale: rescale), rows).map { $0 * divisor }
        let mean = rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        let largest = rows.map(norm).max()!
        let distance = norm(zip(found, mean).map { $0 - $1 })
        #expect(distance <= c * norm(mean) * (1 + 1e-6) + 1e-8 * largest, "\(what): outside of the ball")
        let worst = rows.map { dot($0, found) }.min()!
        let value = expected["value"].double * scale * scale
        #expect(
          worst >= value - 1e-6 * largest * norm(mean) - 1e-14 * largest * largest, "\(what): \(worst), not \(value)")
        guard expected["unique"].bool else { continue }
        let reference = expected["direction"].doubles.map { $0 * scale }
        let error = norm(zip(found, reference).map { $0 - $1 })
        let rowScale = (matrix["row_scale"].isNull ? 0 : matrix["row_scale"].double) * scale
        #expect(error <= 1e-5 * max(norm(reference), rowScale), "\(what): \(found), not \(reference)")
      }
    }
  }

  @Test(arguments: methods) func zeroMatricesHaveNoDirection(_ method: Method) throws {
    for matrix in Self.matrices {
      let rows = rows(matrix, scale: 0)
      if ["nash_mtl", "fairgrad_alpha0.5", "fairgrad_alpha2"].contains(method.key) {
        #expect(throws: NoDirectionError.self) { try direction(method.aggregator, rows) }
      } else {
        #expect(try direction(method.aggregator, rows) == rows[0].map { _ in 0 })
      }
    }
  }

  @Test func noTaskIsAgainstTheDirection() throws {
    for matrix in Self.matrices {
      let rows = rows(matrix)
      let largest = rows.map(norm).max()!
      for (aggregator, slack) in [
        (UPGrad(regularization: 0), 1e-7), (DualProj(regularization: 0), 1e-7), (MGDA(), 1e-7),
      ] as [(any GramianAggregator, Double)] {
        let found = try direction(aggregator, rows)
        for row in rows { #expect(dot(row, found) >= -slack * largest * largest, "\(matrix["name"].string)") }
      }
    }
  }

  @Test(arguments: methods) func permutingTasksPermutesWeights(_ method: Method) throws {
    guard method.key != "pcgrad" else { return }
    var generator = SeededGenerator(seed: 3)
    for matrix in Self.matrices where !matrix["expected"][method.key].isNull {
      let rows = rows(matrix)
      let order = rows.indices.shuffled(using: &generator)
      let (a, b) = (
        try direction(method.aggregator, rows), try direction(method.aggregator, order.map { rows[$0] })
      )
      let size = max(norm(a), rows.map(norm).max()!)
      #expect(norm(zip(a, b).map { $0 - $1 }) <= 1e-6 * size, "\(method.key) \(matrix["name"].string)")
    }
  }

  /// Without a history, the vaccine is surgery.
  @Test func theFirstStepOfGradVacIsThatOfPCGrad() throws {
    for matrix in Self.matrices {
      for scale in Self.scales {
        let gramian = Gramian(rows: rows(matrix, scale: scale))
        var generator = SeededGenerator(seed: 0)
        var (vaccine, surgery) = (GradVac(order: .ascending), PCGrad(order: .ascending))
        let found = try vaccine.weights(for: [gramian], using: &generator)
        let expected = try surgery.weights(for: gramian, using: &generator)
        try #require(found.count == 1 && found[0].count == expected.count)
        let size = expected.map { abs($0) }.max()!
        for (a, b) in zip(found[0], expected) {
          #expect(abs(a - b) <= 1e-6 * size, "\(matrix["name"].string) × \(scale)")
        }
      }
    }
  }

  /// Methods that draw or remember have finite weights, K of them, for whatever gradients and losses.
  @Test func methodsThatDrawOrRememberStayFinite() throws {
    for matrix in Self.matrices {
      for scale in Self.scales {
        let gramian = Gramian(rows: rows(matrix, scale: scale))
        var generator = SeededGenerator(seed: 0)
        var (random, impartial, vaccine) = (RandomGradientWeighting(), IMTL(), GradVac())
        for _ in 0..<3 {
          let all = [
            try random.weights(for: gramian, using: &generator),
            try impartial.weights(for: gramian, losses: gramian.tasks.map { Double($0) }, using: &generator),
            try vaccine.weights(for: [gramian], using: &generator)[0],
          ]
          for weights in all {
            #expect(
              weights.count == gramian.taskCount && weights.allSatisfy(\.isFinite),
              "\(matrix["name"].string) × \(scale): \(weights)")
          }
        }
      }
    }
  }
}
