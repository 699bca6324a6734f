import MultitaskLearning
import Support
import TestSupport
import Testing

/// Weightings that are functions of the losses: their weights are the derivatives of their totals.
@Suite struct MoreWeightingsTests {
  private typealias More = MoreReference

  private func weighting(_ record: Reference) -> any LossWeighting {
    let hyper = record["hyper"]
    func list(_ key: String) -> [Double]? { hyper.has(key) && !hyper[key].isNull ? hyper[key].doubles : nil }
    switch record["method"].string {
    case "stch":
      return SmoothTchebycheff(
        mu: hyper["mu"].double, form: .plain, preference: list("weights"), reference: list("reference") ?? [])
    case "pbi":
      return PenaltyBoundaryIntersection(
        theta: hyper["theta"].double, preference: list("weights"), reference: list("reference") ?? [])
    case "cosmos": return COSMOS(lambda: hyper["lambda"].double, preference: list("weights"))
    case "manual": return ManualWeighting(weights: list("weights")!)
    case "mean":
      return ManualWeighting(
        weights: record["losses"].doubles.map { _ in 1 / Double(record["losses"].array.count) })
    default: fatalError("no weighting for \(record["method"].string)")
    }
  }

  @Test func functionsOfTheLosses() throws {
    var generator = SeededGenerator(seed: 0)
    var checked: [String: Int] = [:]
    for record in More.file["scalarizations"].array where record["method"].string != "stch_log" {
      var weighting = weighting(record)
      let weights = try weighting.weights(for: record["losses"].doubles, using: &generator)
      More.checkNumbers(weights, record["weights"], record["tolerance"].double, record["name"].string)
      checked[record["method"].string, default: 0] += 1
    }
    #expect(checked == ["stch": 32, "pbi": 20, "cosmos": 24, "manual": 4, "mean": 4])
  }

  /// The sequences have one step in the first epoch, and two in the others: a step before them makes it two, too.
  @Test func smoothMaximaOnALogarithmicScale() throws {
    var generator = SeededGenerator(seed: 0)
    var checked = 0
    for record in More.file["scalarizations"].array where record["method"].string == "stch_log" {
      let hyper = record["hyper"]
      var weighting = SmoothTchebycheff(
        mu: hyper["mu"].double, form: .log, warmupEpoch: hyper["warmupEpoch"].int, epoch: 2)
      let steps = record["steps"].array
      #expect(steps.map { $0["epoch"].int } == [0, 1, 1, 2, 2, 3])
      weighting.update(losses: steps[0]["losses"].doubles)
      for (index, step) in steps.enumerated() {
        let losses = step["losses"].doubles
        let weights = try weighting.weights(for: losses, using: &generator)
        More.checkNumbers(
          weights, step["weights"], record["tolerance"].double, "\(record["name"].string) step \(index)")
        weighting.update(losses: losses)
        checked += 1
      }
    }
    #expect(checked == 36)
  }
}
