import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

@Suite struct ScheduleTests {
  private func values(_ store: ParameterStore) -> [[Float]] { store.vectors.map { $0.values.array() } }

  private func optimizer(_ problem: TinyProblem, _ method: MultitaskMethod) -> MultitaskOptimizer {
    MultitaskOptimizer(problem.store, method: method, optimizer: SGD(momentum: 0))
  }

  private func train(_ problem: TinyProblem, _ schedule: any UpdateSchedule, steps: Int = 1) throws -> StepReport {
    let optimizer = optimizer(problem, MultitaskMethod(schedule: schedule))
    var report: StepReport?
    for _ in 0..<steps { report = try optimizer.step([problem.objective()], learningRate: 0.1) }
    return report!
  }

  @Test func schedulesDeclareTheirPasses() {
    #expect(JointSchedule().passes == .joint && AlternatingSchedule().passes == .eachTask)
    #expect(SelectiveGroups(taskCount: 2).passes == .jointForEachUpdate)
    #expect(NoAdaptation().tokenGrowing == nil && TokenModulationAndExpansion().tokenGrowing?.sampleCount == 128)
  }

  /// The gradient of the sum of some losses.
  private func gradient(of losses: [Tensor], _ vector: ParameterVector) -> Tensor {
    let gradient = vector.values.zerosLike()
    writeGradients(
      of: losses, to: zip(vector.parameters, vector.views(of: gradient)).map { GradientTarget($0.value, into: $1) },
      graph: .retain)
    return gradient
  }

  /// An update of some tasks' summed losses, by hand.
  ///
  /// - Parameter sharedGradient: what takes the place of the shared parameters' gradient; nil for the sum.
  private func update(_ problem: TinyProblem, _ group: [Int], sharedGradient: Tensor? = nil) {
    let losses = problem.objective().losses(of: group)
    let tasks = group.map { problem.objective().tasks[$0] }
    let vectors = problem.store.vectors.filter { vector in tasks.contains { vector.reach.includes($0) } }
    let gradients = vectors.map { vector in
      vector.reach == .everyTask ? sharedGradient ?? gradient(of: losses, vector) : gradient(of: losses, vector)
    }
    withoutGradients {
      for (vector, gradient) in zip(vectors, gradients) { vector.values.add(inPlace: gradient, scale: -0.1) }
    }
  }

  private func losses(_ problem: TinyProblem) -> [Double] {
    problem.objective().losses(of: [0, 1, 2]).map { $0.detached().item }
  }

  /// A loss of exactly zero says nothing about affinity, and is no reason to end.
  @Test func lossesOfZeroSayNothing() throws {
    let problem = TinyProblem()
    let optimizer = optimizer(problem, MultitaskMethod(schedule: SelectiveGroups(taskCount: 3)))
    let report = try optimizer.step([problem.objective(scale: 0)], learningRate: 0.1)
    #expect(report.losses == [0, 0, 0])
    #expect(report.grouping?.affinity == [[Double]](repeating: [0, 0, 0], count: 3))
  }

  @Test(arguments: ["selective-groups", "connection-strength"])
  func aSingleTaskHasNobodyToRelateTo(_ name: String) throws {
    #expect {
      _ = try MethodRegistry.schedule(name).make(tasks: ["depth"])
    } throws: {
      "\($0)" == "\(name) is about several tasks, but there is one: depth"
    }
    _ = try MethodRegistry.schedule(name).make(tasks: ["depth", "edges"])
  }

  @Test func fixedGroupsNameEveryTask() throws {
    func complaint(_ groups: [String: Double]) -> String {
      do {
        _ = try MethodRegistry.schedule("selective-groups")
          .make(["strategy": .text("fixed"), "groups": .numbers(groups)], tasks: ["depth", "edges", "normals"])
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(complaint(["depth": 0, "edges": 1, "normals": 0]) == "nothing")
    #expect(complaint(["depth": 0]).contains("edges, normals have none"))
    #expect(complaint(["depth": 0, "edges": 1, "normls": 0]).contains("Did you mean 'normals'?"))
    #expect(complaint(["depth": 0, "edges": 0.5, "normals": 0]).contains("'edges' is 0.5"))
    #expect(nearestName("dtm", among: ["dtp", "dtme"]) == "dtme")
  }

  @Test func allTasksTogetherIsJoint() throws {
    let (joint, groups) = (TinyProblem(), TinyProblem())
    _ = try train(joint, JointSchedule(), steps: 3)
    let report = try train(groups, SelectiveGroups(taskCount: 3, strategy: .together), steps: 3)
    expectClose(values(joint.store), values(groups.store), tolerance: 1e-5)
    #expect(report.grouping?.groups == [[0, 1, 2]])
  }

  @Test func groupsAreUpdatedOneAfterAnother() throws {
    let (found, expected) = (TinyProblem(), TinyProblem())
    let schedule = SelectiveGroups(
      taskCount: 3, strategy: .fixed([[0, 2], [1]]), rate: 1, order: .forward, observesLastGroup: true)
    let method = optimizer(found, MultitaskMethod(schedule: schedule))
    let report = try method.step([found.objective()], learningRate: 0.1)
    let first = losses(expected)
    update(expected, [0, 2])
    let second = losses(expected)
    update(expected, [1])
    let third = losses(expected)
    expectClose(values(found.store), values(expected.store), tolerance: 1e-5)
    expectClose(report.losses, first, tolerance: 1e-5)
    // Each change is booked on the group that caused it.
    let map = try #require(report.grouping?.affinity)
    #expect(abs(map[0][1] - (1 - second[1] / first[1])) < 1e-4 && abs(map[2][1] - map[0][1]) < 1e-9)
    #expect(abs(map[1][0] - (1 - third[0] / second[0])) < 1e-4)
    #expect(abs(map[1][1] - (1 - third[1] / second[1])) < 1e-4)
  }

  @Test func theLastGroupIsObservedWhenWanted() throws {
    let problem = TinyProblem()
    let schedule = SelectiveGroups(taskCount: 3, strategy: .alone, order: .forward)
    let map = try train(problem, schedule).grouping!.affinity
    #expect(map[0][0] != 0 && map[1][0] != 0 && map[2] == [0, 0, 0])
  }

  @Test func tasksOneAfterAnother() throws {
    let (found, expected) = (TinyProblem(), TinyProblem())
    _ = try train(found, AlternatingSchedule())
    for task in 0..<3 { update(expected, [task]) }
    expectClose(values(found.store), values(expected.store), tolerance: 1e-5)
  }

  @Test func ordersAreTurnedAround() throws {
    let (found, expected) = (TinyProblem(), TinyProblem())
    _ = try train(found, SelectiveGroups(taskCount: 3, strategy: .alone, order: .backward))
    for task in [2, 1, 0] { update(expected, [task]) }
    expectClose(values(found.store), values(expected.store), tolerance: 1e-5)
  }

  @Test func publicCodeUpdatesASingleGroupTwice() throws {
    let (found, expected) = (TinyProblem(), TinyProblem())
    _ = try train(found, SelectiveGroups(taskCount: 3, strategy: .fixed([[0, 1, 2]]), convention: .publicCode))
    for _ in 0..<2 { update(expected, [0, 1, 2]) }
    expectClose(values(found.store), values(expected.store), tolerance: 1e-5)
    // Joint updates stay joint.
    let (joint, plain) = (TinyProblem(), TinyProblem())
    _ = try train(joint, SelectiveGroups(taskCount: 3, strategy: .together, convention: .publicCode))
    update(plain, [0, 1, 2])
    expectClose(values(joint.store), values(plain.store), tolerance: 1e-5)
  }

  /// Tasks 0 and 1 help each other, and harm 2: turned around, 2 belongs with one of them.
  @Test func heterogeneousGroupsAreOthers() {
    let map = [[0.5, 0.4, -0.3], [0.4, 0.5, -0.3], [-0.3, -0.3, 0.5]]
    for rule in [TaskGrouping.positive(edge: .mutual, closure: .cliques), .affinityPropagation(.init())] {
      #expect(rule.groups(of: map) == [[0, 1], [2]], "\(rule)")
      #expect(rule.opposedGroups(of: map) != [[0, 1], [2]], "\(rule)")
    }
  }

  @Test func randomGroupsAreOfTheGivenNumber() throws {
    var seen: Set<[[Int]]> = []
    let problem = TinyProblem()
    let optimizer = optimizer(
      problem, MultitaskMethod(schedule: SelectiveGroups(taskCount: 3, strategy: .random(groupCount: 2))))
    for _ in 0..<20 {
      let groups = try optimizer.step([problem.objective()], learningRate: 0.01).grouping!.groups
      #expect(groups.count == 2 && groups.flatMap { $0 }.sorted() == [0, 1, 2])
      seen.insert(groups)
    }
    #expect(seen.count == 3)
  }

  @Test func warmUpKeepsTheFirstGroups() throws {
    let problem = TinyProblem()
    let schedule = SelectiveGroups(
      taskCount: 3, strategy: .affinity(.positive(edge: .mean, closure: .components)), rate: 0.5, warmUp: 4)
    let optimizer = optimizer(problem, MultitaskMethod(schedule: schedule))
    for _ in 0..<4 {
      #expect(try optimizer.step([problem.objective()], learningRate: 0.01).grouping!.groups == [[0], [1], [2]])
    }
    // Afterwards they are what the map says.
    let later = try optimizer.step([problem.objective()], learningRate: 0.01).grouping!
    #expect(later.groups != [[0], [1], [2]])
  }

  /// The map and the groups are part of the method's state: half a training, saved and restored, goes on exactly.
  @Test func schedulesComeBackFromTheirState() throws {
    for schedule: any UpdateSchedule in [
      SelectiveGroups(taskCount: 3, rate: 0.3), SelectiveGroups(taskCount: 3, convention: .publicCode, rate: 0.3),
      AlternatingSchedule(order: .random),
    ] {
      let (whole, halves) = (TinyProblem(), TinyProblem())
      let uw = try UncertaintyWeighting.entry.make(tasks: ["a", "b", "c"])
      let method = MultitaskMethod(weighting: uw, schedule: schedule, seed: 4)
      let a = optimizer(whole, method)
      let b = optimizer(halves, method)
      for _ in 0..<6 { _ = try a.step([whole.objective()], learningRate: 0.1) }
      for _ in 0..<3 { _ = try b.step([halves.objective()], learningRate: 0.1) }
      var restored = MultitaskMethod(weighting: uw, schedule: schedule, seed: 99)
      try restored.restoreState(b.method.encodedState(), taskCount: 3)
      let c = optimizer(halves, restored)
      for _ in 0..<3 { _ = try c.step([halves.objective()], learningRate: 0.1) }
      #expect(values(whole.store) == values(halves.store))
      #expect(try a.method.encodedState() == c.method.encodedState())
    }
  }

  @Test(arguments: [GradientLevel.parameters, .features])
  func lookingAtGroupsShowsAllTasksAndChangesNothing(_ level: GradientLevel) throws {
    for schedule: any UpdateSchedule in [SelectiveGroups(taskCount: 3, rate: 0.3), AlternatingSchedule()] {
      let (plain, observed) = (TinyProblem(), TinyProblem())
      let (a, b) = (
        optimizer(plain, MultitaskMethod(schedule: schedule)), optimizer(observed, MultitaskMethod(schedule: schedule))
      )
      for _ in 0..<3 {
        _ = try a.step([plain.objective()], learningRate: 0.1)
        let report = try b.step([observed.objective()], learningRate: 0.1, observing: level)
        #expect(report.diagnostics?.gramian.taskCount == 3 && report.diagnostics?.level == level)
      }
      #expect(values(plain.store) == values(observed.store))
    }
  }

  @Test func schedulesOfSubsetsNeedPartsWithoutMemory() {
    let schedule = SelectiveGroups(taskCount: 3)
    for (method, word) in [
      (MultitaskMethod(aggregator: NashMTL(), schedule: schedule), "NashMTL remembers"),
      (MultitaskMethod(aggregator: GradVac(), schedule: schedule), "GradVac remembers"),
      (MultitaskMethod(weighting: GradNorm(), schedule: AlternatingSchedule()), "GradNorm needs all"),
    ] {
      #expect(throws: MethodError.self) { try method.checkComposition() }
      #expect { try method.checkComposition() } throws: { "\($0)".contains(word) }
    }
    #expect(throws: Never.self) {
      try MultitaskMethod(aggregator: PCGrad(), schedule: schedule).checkComposition()
      try MultitaskMethod(aggregator: NashMTL()).checkComposition()
    }
  }

  /// Two weights by the methods' definitions, from the inner products of two rows.
  private static let pairWeights:
    [(aggregator: any GradientAggregator, weights: @Sendable (_ aa: Double, _ ab: Double, _ bb: Double) -> [Double])] =
      [
        // The point of the segment between two vectors that is nearest to zero.
        (
          MGDA(),
          { aa, ab, bb in
            let share = min(1, max(0, (bb - ab) / (aa - 2 * ab + bb)))
            return [share, 1 - share]
          }
        ),
        // Each vector loses what opposes the other.
        (PCGrad(), { aa, ab, bb in ab < 0 ? [1 - ab / aa, 1 - ab / bb] : [1, 1] }),
      ]

  /// Surgery within a group touches that group's gradients alone, and the shared parameters alone.
  @Test(arguments: pairWeights.indices) func aggregatorsWorkWithinGroups(_ index: Int) throws {
    let (aggregator, weights) = Self.pairWeights[index]
    let (found, expected) = (TinyProblem(), TinyProblem())
    let schedule = SelectiveGroups(taskCount: 3, strategy: .fixed([[0, 2], [1]]), order: .forward)
    let optimizer = optimizer(found, MultitaskMethod(aggregator: aggregator, schedule: schedule))
    var differsFromSum = false
    for step in 0..<3 {
      _ = try optimizer.step([found.objective()], learningRate: 0.1)
      let rows = sharedGradients(expected, [0, 2])
      func product(_ i: Int, _ j: Int) -> Double { (rows[i] * rows[j]).sum().item }
      let pair = weights(product(0, 0), product(0, 1), product(1, 1))
      differsFromSum = differsFromSum || abs(pair[0] - 1) > 1e-3
      update(expected, [0, 2], sharedGradient: rows[0] * pair[0] + rows[1] * pair[1])
      update(expected, [1])
      expectClose(values(found.store), values(expected.store), tolerance: 1e-5, "step \(step)")
    }
    #expect(differsFromSum)
  }

  /// The gradients of single losses with respect to the shared parameters.
  private func sharedGradients(_ problem: TinyProblem, _ tasks: [Int]) -> [Tensor] {
    tasks.map { gradient(of: problem.objective().losses(of: [$0]), problem.store.vector(of: .everyTask)!) }
  }
}
