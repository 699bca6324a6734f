import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// The numbers of the methods that the first set leaves out, and how they are compared.
enum MoreReference {
  static let file = try! Reference(
    contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/more.json"))

  static func rows(_ matrix: Reference) -> [[Double]] { matrix.array.map(\.doubles) }

  static func matrix(_ rows: [[Double]]) -> DenseTaskGradients {
    DenseTaskGradients(rows: Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count]))
  }

  static func combine(_ weights: some Sequence<Double>, _ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { column in zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] } }
  }

  static func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The sequences of a method whose numbers can be compared.
  static func sequences(of method: String) -> [Reference] {
    file["sequences"].array.filter { $0["method"].string == method && !$0["tolerance"].isNull }
  }

  static func input(of sequence: Reference) -> Reference { file["inputs"][sequence["input"].string] }

  /// `|d − ref| ≤ tolerance · max(|ref|, shortest non-zero row)`.
  static func checkDirection(
    _ found: [Double], _ expected: Reference, _ tolerance: Double, rows: [[Double]], _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = rows.map(norm).filter { $0 > 0 }.min() ?? 1
    let expected = expected.doubles
    let distance = norm(paired(found, expected, sourceLocation: sourceLocation).map { $0 - $1 })
    #expect(
      distance <= tolerance * max(norm(expected), scale), "\(what): \(found), not \(expected)",
      sourceLocation: sourceLocation)
  }

  /// `max |x − ref| ≤ tolerance · max(max |ref|, 10⁻³)`.
  static func checkNumbers(
    _ found: [Double], _ expected: Reference, _ tolerance: Double, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected = expected.flatDoubles
    let scale = max(1e-3, expected.map { abs($0) }.max() ?? 0)
    expectClose(found, expected, tolerance: tolerance * scale, what, sourceLocation: sourceLocation)
  }
}
