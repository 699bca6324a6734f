import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// What the oracle combines.
extension StepOracleTests {
  /// A schedule, and the tasks of its updates; nil for tasks one after another.
  struct Schedule: Sendable {
    let name: String
    let schedule: any UpdateSchedule
    let groups: [[Int]]?
  }

  struct Combination: Sendable, CustomStringConvertible {
    let aggregator: (name: String, value: any GradientAggregator)
    let weighting: (name: String, value: any LossWeighting)
    let schedule: Schedule
    let level: GradientLevel
    var partCount: Int
    let kind: OracleProblem.Kind

    var description: String {
      "\(weighting.name)+\(aggregator.name)+\(schedule.name) at \(level), \(partCount) parts, \(kind)"
    }

    var method: MultitaskMethod {
      var aggregator = aggregator.value
      if let drop = aggregator as? GradDrop { aggregator = withDraws(drop) }
      return MultitaskMethod(
        weighting: weighting.value, aggregator: aggregator, schedule: schedule.schedule, level: level, seed: 5)
    }

    /// Draws that do not depend on where the columns lie in memory.
    private func withDraws(_ drop: GradDrop) -> GradDrop {
      var drop = drop
      var width = OracleProblem.rowCount / partCount * OracleProblem.width
      if level == .parameters { width = OracleProblem(kind, dtype: .float32).store.vector(of: .everyTask)!.count }
      drop.draws = (0..<width).map { (column: Int) -> Double in 0.05 + 0.9 * Double(column * 37 % 101) / 101 }
      return drop
    }

    var parts: [Range<Int>] { OracleProblem.parts(partCount) }

    /// Whether the parts of the batch make a difference by definition, not only in how the step computes it.
    var seesParts: Bool {
      let need = max(aggregator.value.need, weighting.value.need)
      if need == .secondOrder || need == .independentBatches { return true }
      return level == .features && need > .weightedSum
    }

    /// Whether the weighting needs each task's gradient.
    private var looksAtGradients: Bool { weighting.value.need > .weightedSum || weighting.value.weighsByGradients }

    /// Why the combination has no step, in words of its error; nil if it has one.
    var refusal: String? {
      let isJoint = schedule.name == "joint"
      if schedule.name == "connection-strength" {
        if aggregator.name != "sum" { return "goes with the aggregator sum" }
        if level == .features { return "works on parameters" }
        if looksAtGradients { return "at once" }
        return "normalizes them for each task"
      }
      if !isJoint
        && [
          "gradvac", "gradvac-layer", "nash-mtl", "imtl", "pcd", "smoothing", "db-mtl", "moco", "modo", "sdmgrad",
          "rotograd",
        ]
        .contains(
          aggregator.name)
      {
        return "remembers the gradients of all tasks"
      }
      if !isJoint && looksAtGradients { return "at once" }
      if level == .features && aggregator.value.batchCount > 1 { return "different features" }
      if level == .features && (aggregator.value.remembersElements || weighting.value.weighsByGradients) {
        return "for each element"
      }
      if !partCount.isMultiple(of: aggregator.value.batchCount) { return "independent batches" }
      let needsFeatures = level == .features && max(aggregator.value.need, weighting.value.need) > .weightedSum
      return needsFeatures && kind.isSeparate ? "no shared features" : nil
    }
  }

  static let aggregators: [(name: String, value: any GradientAggregator)] =
    MethodRegistry.aggregators.map { ($0.name, try! $0.make(settings[$0.name] ?? [:], tasks: OracleProblem.tasks)) }
    + [("gradvac-layer", GradVac(granularity: .layer)), ("config-momentum", MomentumConFIG())]

  /// Of aggregators that would be another one by default.
  private static let settings: [String: [String: MethodSetting]] = [
    "constant": ["weights": .numbers(["a": 2, "b": 0.5, "c": 1])]
  ]

  /// Weightings of several batches are compared with recorded numbers: `BilevelTests`.
  private static let weightings: [(name: String, value: any LossWeighting)] = allWeightings.filter {
    $0.value.batchCount == 1
  }

  private static let allWeightings: [(name: String, value: any LossWeighting)] = MethodRegistry.weightings.map {
    entry in
    let settings: [String: [String: MethodSetting]] = [
      "manual": ["weights": .numbers(["a": 1, "b": 2, "c": 0.5])], "dwa": ["epoch": .number(1)],
    ]
    return (entry.name, try! entry.make(settings[entry.name] ?? [:], tasks: OracleProblem.tasks))
  }

  private static let schedules = [
    Schedule(name: "joint", schedule: JointSchedule(), groups: [[0, 1, 2]]),
    Schedule(name: "alternating", schedule: AlternatingSchedule(), groups: nil),
    Schedule(
      name: "selective-groups",
      schedule: SelectiveGroups(taskCount: 3, strategy: .fixed([[0, 2], [1]]), order: .forward),
      groups: [[0, 2], [1]]),
    Schedule(
      name: "connection-strength", schedule: ConnectionStrength(mixture: .phase2, epoch: 1, epochCount: 2), groups: nil),
  ]

  private static var kinds: [OracleProblem.Kind] {
    let booleans = [false, true]
    return booleans.flatMap { separate in
      booleans.flatMap { behind in
        booleans.flatMap { frozen in
          booleans.map {
            OracleProblem.Kind(isSeparate: separate, hasBehind: behind, isFrozen: frozen, hasAbsent: $0)
          }
        }
      }
    }
  }

  /// Groups change what an optimizer does with a gradient: with parts of a batch, they meet everything that changes the
  /// gradient in two kinds.
  private static let kindsWithGroups = [
    OracleProblem.Kind(hasBehind: true, isFrozen: true, hasGroups: true),
    OracleProblem.Kind(isSeparate: true, hasBehind: true, hasAbsent: true, hasGroups: true),
  ]

  private static let laterAggregators: Set = [
    "config", "config-momentum", "krum", "trimmed-mean", "constant", "pcd", "db-mtl", "moco", "modo", "sdmgrad",
    "smoothing", "rotograd",
  ]

  /// Methods of the first set meet all others of it; those of the second meet one of each kind that a step treats in a way
  /// of its own.
  private static func meets(_ aggregator: String, _ weighting: String) -> Bool {
    switch weighting {
    case "excess-mtl":
      laterAggregators.contains(aggregator)
        || ["sum", "mgda", "gradvac-layer", "graddrop", "cosreg"].contains(aggregator)
    case "stch", "pbi", "cosmos": ["sum", "mgda"].contains(aggregator)
    default: !laterAggregators.contains(aggregator) || ["equal", "gradnorm", "famo"].contains(weighting)
    }
  }

  static func combinations(with aggregator: (name: String, value: any GradientAggregator)) -> [Combination] {
    weightings.filter { meets(aggregator.name, $0.name) }.flatMap { weighting in
      schedules.flatMap { schedule in
        GradientLevel.allCases.flatMap { level in
          [1, 2].flatMap { parts in
            (parts == 1 ? kinds : kinds + kindsWithGroups).map {
              Combination(
                aggregator: aggregator, weighting: weighting, schedule: schedule, level: level, partCount: parts,
                kind: $0)
            }
          }
        }
      }
    }
  }
}
