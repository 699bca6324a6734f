import Foundation
import MultitaskLearning
import TestSupport
import Testing

/// The conflicts of layers that Recon counts.
@Suite struct LayerConflictsTests {
  private static func reference() throws -> (Reference, LayerConflicts) {
    let reference = try Reference(
      contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/recon_scores.json"))
    let layers = reference["layers"].array.map(\.string)
    let (dimension, tasks) = (reference["dimension"].int, reference["tasks"].int)
    var conflicts = LayerConflicts(layers: layers)
    for step in 0..<reference["iterations"].int {
      conflicts.count(
        layers.enumerated().map { number, layer in
          let common = FillFormula.unit("recon.\(layer).common.\(step)", count: dimension)
          let rows = (0..<tasks).map { task in
            zip(common, FillFormula.unit("recon.\(layer).\(step).\(task)", count: dimension))
              .map { 0.25 * Double(number) * $0 + $1 }
          }
          return (
            layer,
            Gramian(
              taskCount: tasks,
              elements: rows.flatMap { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } })
          )
        })
    }
    return (reference, conflicts)
  }

  @Test func scoresOfTheReference() throws {
    let (reference, conflicts) = try Self.reference()
    #expect(conflicts.steps == 40)
    for threshold in reference["scores"].keys {
      let expected = reference["scores"][threshold].array.map { ($0[0].string, $0[1].int) }
      let found = try conflicts.order(below: Double(threshold)!)
      #expect(found.count == 6)
      for (a, b) in paired(found, expected) { #expect(a.layer == b.0 && a.score == b.1, "\(threshold)") }
    }
  }

  @Test func countsComeBack() throws {
    let (_, conflicts) = try Self.reference()
    let data = try JSONEncoder().encode(conflicts)
    #expect(try JSONDecoder().decode(LayerConflicts.self, from: data) == conflicts)
    let text = String(decoding: data, as: UTF8.self)
    for damaged in ["\"steps\":-1", "\"steps\":1,\"layers\":[]"] {
      let changed = text.replacingOccurrences(of: "\"steps\":40", with: damaged)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(
          LayerConflicts.self,
          from: Data(changed.replacingOccurrences(of: "\"conv1\",", with: "\"conv2\",").utf8))
      }
    }
    for threshold in [0.1, -1.01, -0.005, .nan] {
      #expect { try conflicts.order(below: threshold) } throws: { "\($0)".contains("hundredths") }
    }
  }
}
