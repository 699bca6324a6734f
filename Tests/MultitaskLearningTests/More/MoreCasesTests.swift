import MultitaskLearning
import Support
import TestSupport
import Testing

/// Every case of one matrix: definitions, or outputs of public implementations.
@Suite struct MoreCasesTests {
  private typealias More = MoreReference

  /// The method of a key with the case's settings.
  private func aggregator(_ key: String, _ hyper: Reference, taskCount: Int) -> any GradientAggregator {
    let preference = hyper.has("preference") ? hyper["preference"].doubles : nil
    func cone() -> ConeParameters {
      ConeParameters(
        regularization: hyper["regularization"].double, normEpsilon: hyper["normEpsilon"].double,
        preference: preference)
    }
    switch key.prefix(while: { $0 != "_" }) {
    case "config": return ConFIG(preference: preference)
    case "krum":
      return Krum(
        byzantine: hyper["byzantine"].int, selected: hyper["selected"].int,
        distance: Krum.Distance(rawValue: hyper["distance"].string)!)
    case "trimmed": return TrimmedMean(trim: hyper["trim"].int)
    case "constant": return ConstantGradientWeighting(weights: hyper["weights"].doubles)
    case "upgrad": return UPGrad(cone())
    case "dualproj": return DualProj(cone())
    case "aligned":
      return AlignedMTL(
        scale: AlignedMTL.Scale(rawValue: hyper["scale"].string)!, rank: .float32, preference: preference)
    case "pcd":
      let tau = hyper["tau"]
      let gains =
        tau.value is [Any] ? [0] + tau.doubles : [Double](repeating: tau.double, count: taskCount)
      return PCD(gains: gains, beta: hyper["beta"].double, epsilon: hyper["epsilon"].double)
    default: fatalError("no method for \(key)")
    }
  }

  @Test func everyCase() throws {
    var generator = SeededGenerator(seed: 0)
    var (checked, weighed): ([String: Int], Int) = ([:], 0)
    for record in More.file["cases"].array {
      let rows = More.rows(record["jacobian"])
      #expect(rows.count == record["K"].int && rows.allSatisfy { $0.count == record["D"].int })
      for key in record["expected"].keys {
        let expected = record["expected"][key]
        guard !expected["tolerance"].isNull else { continue }
        var method = aggregator(key, expected["hyper"], taskCount: rows.count)
        let what = "\(record["name"].string) \(key)"
        let tolerance = expected["tolerance"].double
        let direction = try method.direction(
          of: More.matrix(rows), losses: record["losses"].doubles, using: &generator)
        More.checkDirection(direction.array(), expected["direction"], tolerance, rows: rows, what)
        checked[String(key.prefix(while: { $0 != "_" })), default: 0] += 1
        let isUnique = !expected.has("weights_unique") || expected["weights_unique"].bool
        guard isUnique, expected.has("weights"), !expected["weights"].isNull else { continue }
        var other = aggregator(key, expected["hyper"], taskCount: rows.count)
        var context = AggregationContext(taskCount: rows.count, generator: generator)
        let weights = try other.weights(forInnerProducts: Gramian(rows: rows), &context)
        More.checkNumbers(weights.elements, expected["weights"], 10 * tolerance, what)
        weighed += 1
      }
    }
    #expect(
      checked == [
        "config": 32, "krum": 29, "trimmed": 33, "constant": 16, "upgrad": 69, "dualproj": 69, "aligned": 48, "pcd": 44,
      ])
    #expect(weighed == 213)
  }
}
