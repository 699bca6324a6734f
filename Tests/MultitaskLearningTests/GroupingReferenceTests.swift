import Foundation
import MultitaskLearning
import TestSupport
import Testing

/// Numbers of the public code of selective task groups, of scikit-learn, and of the paper's rules.
@Suite struct GroupingReferenceTests {
  private func reference(_ name: String) throws -> Reference {
    try Reference(
      contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/grouping/\(name).json"))
  }

  private func quotients(_ matrix: [[Double]], _ divisors: [[Double]]) -> [[Double]] {
    paired(matrix, divisors).map { row, divisors in paired(row, divisors).map { $0 / $1 } }
  }

  /// Follows a case's history.
  ///
  /// - Parameter booking: which updates of a step are observed, and on which group each change is booked.
  private func track(
    _ record: Reference, _ convention: AffinityMap.Convention,
    booking: (_ order: [String]) -> [(row: Int, group: String)],
    each: (Int, [[Double]]) -> Void = { _, _ in }
  ) -> [[Double]] {
    var map = AffinityMap(taskCount: record["K"].int, rate: record["decay"].double, convention: convention)
    for (index, step) in record["steps"].array.enumerated() {
      let losses = step["losses"].array.map(\.doubles)
      for (row, group) in booking(step["order"].array.map(\.string)) {
        map.observe(group: step["groups"][group].ints, before: losses[row], after: losses[row + 1])
      }
      each(index, map.values)
    }
    return map.values
  }

  @Test func affinityMapsOverTime() throws {
    let cases = try reference("affinity")["cases"]
    for name in cases.keys {
      let record = cases[name]
      let bookings: [(String, ([String]) -> [(row: Int, group: String)])] = [
        ("aligned", { $0.enumerated().map { ($0.offset, $0.element) } }),
        ("aligned_skip_last", { $0.dropLast().enumerated().map { ($0.offset, $0.element) } }),
        // What the public loop does: the change of one update is booked on the next group.
        ("upstream_loop", { $0.dropFirst().enumerated().map { ($0.offset, $0.element) } }),
      ]
      for (variant, booking) in bookings {
        let expected = record["expected"][variant]
        let recorded = Dictionary(
          uniqueKeysWithValues: paired(expected["steps_recorded"].ints, expected["map_float32"].array))
        let final = track(record, .publicCode, booking: booking) { index, map in
          guard let wanted = recorded[index] else { return }
          expectClose(map, wanted.array.map(\.doubles), tolerance: 2e-7, "\(name) \(variant) step \(index)")
        }
        expectClose(final, expected["final_float64"].array.map(\.doubles), tolerance: 1e-10, "\(name) \(variant)")
      }
      let paper = track(record, .paper) { $0.enumerated().map { ($0.offset, $0.element) } }
      expectClose(
        paper, record["expected"]["paper_derived"]["final"].array.map(\.doubles), tolerance: 1e-10, "\(name) paper")
    }
  }

  /// Booking a change on the group that caused it is not what the public loop does.
  @Test func theCauseIsNotTheNextGroup() throws {
    let record = try reference("affinity")["cases"]["K4_decay0.1"]
    let right = track(record, .publicCode) { $0.dropLast().enumerated().map { ($0.offset, $0.element) } }
    let late = track(record, .publicCode) { $0.dropFirst().enumerated().map { ($0.offset, $0.element) } }
    #expect(paired(right.joined().map(\.self), late.joined().map(\.self)).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func everyRuleOfTheUpdate() throws {
    for rule in try reference("update_rules")["rules"].array {
      let count = rule["loss_before"].doubles.count
      let before = rule["map_before"].double
      var map = AffinityMap(
        values: [[Double]](repeating: [Double](repeating: before, count: count), count: count),
        rate: rule["decay"].double, convention: .publicCode)
      map.observe(
        group: rule["groups"][rule["updated_group"].string].ints, before: rule["loss_before"].doubles,
        after: rule["loss_after"].doubles)
      expectClose(map.values, rule["map_after"].array.map(\.doubles), tolerance: 0, rule["rule"].string)
    }
  }

  @Test func clustersAreThoseOfScikitLearn() throws {
    let cases = try reference("affinity_propagation")["cases"]
    var checked = 0
    for name in cases.keys where !name.contains("degenerate") {
      let record = cases[name]
      let clustering = AffinityPropagation(
        preference: record["preference"].isNull ? nil : record["preference"].double,
        damping: record["damping"].double, maximumIterations: record["max_iter"].int,
        convergence: record["convergence_iter"].int)
      let result = clustering(record["similarity"].array.map(\.doubles))
      if record["labels"].ints.contains(-1) {
        #expect(result == nil, "\(name)")
        continue
      }
      let found = try #require(result, "\(name)")
      let partition = found.labels.map { label in found.labels.firstIndex(of: label)! }
      #expect(partition == record["partition"].ints, "\(name)")
      if record["exemplars_stable_over_40_random_states"].bool {
        #expect(found.labels == record["labels"].ints && found.exemplars == record["exemplars"].ints, "\(name)")
      }
      checked += 1
    }
    #expect(checked > 14)
  }

  @Test func mapsAreGroupedAsMeant() throws {
    let cases = try reference("regroup")["cases"]
    var checked = 0
    for name in cases.keys {
      let record = cases[name]["column_normalised"]
      let map = cases[name]["affinity_map_float32"].array.map(\.doubles)
      let similarity = try #require(TaskGrouping.similarity(of: map))
      let expected = record["similarity"].array.map(\.doubles)
      // Each number relative to its own size, from one on.
      let scales = expected.map { $0.map { max(1, abs($0)) } }
      expectClose(
        quotients(similarity, scales), quotients(expected, scales), tolerance: 1e-4, "\(name)")
      let groups = try #require(TaskGrouping.affinityPropagation(.init()).groups(of: map), "\(name)")
      let seen = record["over_20_seeds"].array.map { $0["groups"].array.map(\.ints) }
      #expect(seen.contains(groups), "\(name): \(groups), not among \(seen)")
      checked += 1
    }
    #expect(checked > 10)
    #expect(TaskGrouping.affinityPropagation(.init()).groups(of: [[0, 1], [1, 1]]) == nil)
  }

  @Test func positiveAffinities() throws {
    let cases = try reference("positive_affinity_derived")["cases"]
    for name in cases.keys {
      let map = cases[name]["affinity"].array.map(\.doubles)
      for edge in TaskGrouping.Edge.allCases {
        for closure in TaskGrouping.Closure.allCases {
          let groups = TaskGrouping.positive(edge: edge, closure: closure).groups(of: map)
          let expected = cases[name]["groups"]["\(edge.rawValue)_\(closure.rawValue)"].array.map(\.ints)
          #expect(groups == expected, "\(name) \(edge) \(closure)")
        }
      }
    }
  }

  /// Two tasks, by hand: an update of task 0 halves its loss and raises task 1's by a tenth.
  @Test func byHand() {
    var map = AffinityMap(taskCount: 2, rate: 0.5, convention: .paper)
    map.observe(group: [0], before: [2, 1], after: [1, 1.1])
    #expect(abs(map.values[0][0] - 0.25) < 1e-12 && abs(map.values[0][1] + 0.05) < 1e-12)
    #expect(map.values[1] == [0, 0])
    // Together, one rising and one falling: the pair gets the larger change, negated, in both directions.
    var together = AffinityMap(taskCount: 2, rate: 1, convention: .paper)
    together.observe(group: [0, 1], before: [2, 1], after: [1, 1.1])
    #expect(together.values[0][1] == -0.5 && together.values[1][0] == -0.5)
    #expect(abs(together.values[1][1] + 0.1) < 1e-12)
    // The public code halves both, and does not book a negative effect on oneself.
    var code = AffinityMap(taskCount: 2, rate: 1, convention: .publicCode)
    code.observe(group: [0, 1], before: [2, 1], after: [1, 1.1])
    #expect(code.values[0][1] == -0.25 && code.values[0][0] == 0.25 && code.values[1][1] == 0)
  }
}
