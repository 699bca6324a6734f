import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// Optimizer groups: where their parameters lie, and what optimizers do with them.
@Suite struct ParameterGroupTests {
  private static let names = ["trunk.a.weight", "trunk.a.bias", "gate.weight", "behind.weight", "behind.bias"]

  /// A trunk, gates between its layers, and a layer behind the features.
  fileprivate func makeStore() -> ParameterStore {
    let store = ParameterStore(seed: 1)
    let root = store.root
    _ = root["trunk", "a"].parameter("weight", [3, 4], .uniform(bound: 1))
    _ = root["gate"].optimized(in: "gates").parameter("weight", [5], .uniform(bound: 1))
    _ = root["trunk", "a"].parameter("bias", [3], .uniform(bound: 1))
    _ = root["behind"].in(stage: .head).parameter("weight", [2, 3], .uniform(bound: 1))
    _ = root["behind"].in(stage: .head).parameter("bias", [2], .uniform(bound: 1))
    return store
  }

  private func vector(_ store: ParameterStore) -> ParameterVector { store.vector(of: .everyTask)! }

  private func names(_ vector: ParameterVector) -> [[String]] {
    vector.ranges.map { range in
      zip(vector.parameters, vector.elements).filter { range.elements.contains($1.lowerBound) }.map(\.0.name)
    }
  }

  @Test func patternsMatchNames() {
    for (pattern, name, isMatch) in [
      ("backbone.*", "backbone.conv1.weight", true), ("backbone.*", "backbone", false), ("*", "", true),
      ("*.norm*", "backbone.blocks.0.norm1.bias", true), ("*.norm*.weight", "backbone.norm.0.weights", false),
      ("a.b", "a.b", true), ("a.b", "a.bc", false), ("*a*a*", "banana", true), ("*ana", "banana", true),
      ("*aab", "aaaab", true), ("", "a", false), ("a**c", "abc", true),
    ] { #expect(matches(name, pattern: pattern) == isMatch, "\(pattern) \(name)") }
  }

  @Test func whatIsOptimizedAlikeLiesTogether() {
    let store = makeStore()
    store.layOut()
    let vector = vector(store)
    #expect(
      names(vector) == [["trunk.a.weight", "trunk.a.bias"], ["gate.weight"], ["behind.weight", "behind.bias"]])
    #expect(vector.ranges.map(\.group) == ["default", "gates", "default"])
    #expect(vector.ranges.map(\.stage) == [.trunk, .trunk, .head])
    #expect(vector.ranges.allSatisfy { $0.generation == 0 && !$0.isFrozen && $0.isDecayed })
    #expect(vector.ranges.map(\.elements) == [0..<32, 32..<48, 48..<80] && vector.count == 80)
    // Nothing is declared: one range, in order of registration.
    let plain = ParameterStore(seed: 1)
    let parameters = (0..<3).map { plain.root.parameter("\($0)", [20], .zeros) }
    plain.layOut()
    #expect(self.vector(plain).ranges.map(\.elements) == [0..<96])
    let isSame = self.vector(plain).parameters.elementsEqual(parameters, by: ===)
    #expect(isSame)
  }

  /// What there is keeps its place; what comes lies behind it, and is assigned by the same patterns.
  @Test func growthAddsRangesBehind() throws {
    let store = makeStore()
    try store.assign(.names("trunk.*"), to: "slow")
    store.layOut()
    let old = vector(store)
    #expect(old.ranges.map(\.group) == ["slow", "gates", "default"])
    _ = store.root["gate", "late"].optimized(in: "gates").parameter("weight", [2], .zeros)
    _ = store.root["trunk", "late"].parameter("weight", [2, 2], .zeros)
    store.layOut()
    let new = vector(store)
    #expect(Array(new.ranges.prefix(3)) == old.ranges && new.ranges.map(\.generation) == [0, 0, 0, 1, 1])
    #expect(new.ranges.map(\.group) == ["slow", "gates", "default", "gates", "slow"])
    #expect(names(new).suffix(2) == [["gate.late.weight"], ["trunk.late.weight"]])
    store.layOut()
    #expect(vector(store) === new)
  }

  @Test func theFirstAssignmentCounts() throws {
    let store = makeStore()
    try store.assign(.group("gates"), to: "gates")
    try store.assign(.names("*.weight"), to: "weights")
    try store.assign(.names("*"), to: "rest")
    store.layOut()
    let groups = Dictionary(uniqueKeysWithValues: store.allParameters.map { ($0.name, $0.scope.group) })
    #expect(Self.names.map { groups[$0] } == ["weights", "rest", "gates", "weights", "rest"])
  }

  @Test func laterAssignmentsReplaceEarlierOnes() throws {
    let store = makeStore()
    func groups() -> [String?] {
      store.layOut()
      let groups = Dictionary(uniqueKeysWithValues: store.allParameters.map { ($0.name, $0.scope.group) })
      return Self.names.map { groups[$0] }
    }
    try store.assign(.names("trunk.*"), to: "slow")
    try store.assign(.names("*.bias"), to: "biases")
    // The same selection keeps its place.
    try store.assign(.names("trunk.*"), to: "fast")
    #expect(groups() == ["fast", "fast", "gates", "default", "biases"])
    // All at once, or none where one of them selects nothing.
    #expect(throws: ParameterSelectionError.self) {
      try store.reassign([(.names("behind.*"), "late"), (.names("befind.*"), "x")])
    }
    #expect(groups() == ["fast", "fast", "gates", "default", "biases"])
    try store.reassign([(.names("behind.*"), "late")])
    #expect(groups() == ["default", "default", "gates", "late", "late"])
  }

  @Test func aGroupOfNoParameterStops() async {
    await #expect(processExitsWith: .failure) {
      ParameterGroupTests().makeStore().layOut(for: OptimizerGroups([OptimizerGroup("gats", isFrozen: true)]))
    }
    await #expect(processExitsWith: .success) {
      let store = ParameterGroupTests().makeStore()
      try store.assign(.names("*"), to: "all")
      // A group whose parameters are all assigned to another one is known.
      store.layOut(for: OptimizerGroups([OptimizerGroup("gates"), OptimizerGroup("all", learningRateFactor: 2)]))
    }
  }

  @Test func selectionsOfNothingAreNamed() {
    func complaint(_ selection: ParameterSelection) -> String {
      do {
        try makeStore().assign(selection, to: "x")
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(complaint(.names("trnk.*")).contains("'trnk.*'"))
    #expect(complaint(.names("trnk.*")).contains("Did you mean 'trunk.*'?"))
    #expect(complaint(.names("*.wieght")).contains("No name has 'wieght' in it, but some have 'weight'"))
    #expect(complaint(.names("backbone.*")).contains("The names begin with: behind, gate, trunk"))
    #expect(complaint(.group("gats")).contains("unknown optimizer group 'gats'. Did you mean 'gates'?"))
    #expect(complaint(.names("trunk.*")) == "nothing")
  }

  /// A step of every parameter with a gradient of ones, by each parameter's own optimizer.
  @Test func groupsHaveRulesRatesAndDecaysOfTheirOwn() throws {
    let adamW = Adam(weightDecay: 0.2, weightDecayKind: .decoupled)
    let rules: [any Optimizer] = [
      SGD(momentum: 0.9, weightDecay: 0.1), Adam(weightDecay: 0.1), adamW,
    ]
    for base in rules {
      for decays in [true, false] {
        let store = makeStore()
        let groups = OptimizerGroups(
          [
            OptimizerGroup("gates", optimizer: adamW, learningRateFactor: 3),
            OptimizerGroup("behind", learningRateFactor: 0.5, weightDecay: 0.3),
          ], decaysNormsAndBiases: decays)
        try store.assign(.names("behind.*"), to: "behind")
        store.layOut(for: groups)
        // The expected values come from stores of one parameter each, whose rules have these numbers.
        var expected: [String: [Double]] = [:]
        for parameter in store.allParameters {
          let isSpared = !decays && parameter.shape.count <= 1
          let (rule, factor, decay): (any Optimizer, Double, Double?) =
            switch parameter.name.prefix(4) {
            case "gate": (adamW, 3, isSpared ? 0 : nil)
            case "behi": (base, 0.5, isSpared ? 0 : 0.3)
            default: (base, 1, isSpared ? 0 : nil)
            }
          let alone = ParameterStore(seed: 1)
          let copy = alone.root.parameter("p", parameter.shape, .zeros)
          alone.layOut()
          withoutGradients { copy.value.copy(from: parameter.value) }
          for _ in 0..<3 {
            let vector = self.vector(alone)
            rule.update(
              vector, range: 0, gradient: vector.values.onesLike(), learningRate: 0.01 * factor, weightDecay: decay)
          }
          expected[parameter.name] = copy.value.array()
        }
        let optimizer = GroupedOptimizer(base, groups)
        let vector = vector(store)
        for _ in 0..<3 { optimizer.update(vector, gradient: vector.values.onesLike(), learningRate: 0.01) }
        for parameter in store.allParameters {
          expectClose(
            parameter.value.array(of: Double.self), expected[parameter.name]!, tolerance: 1e-6,
            "\(base) \(parameter.name)")
        }
      }
    }
  }

  /// Biases, and what counts among them, do not shrink.
  @Test func normsAndBiasesAreSparedWeightDecay() {
    let store = makeStore()
    let token = store.root.countingAsBias().parameter("cls_token", [1, 1, 4], .constant(2))
    store.layOut(for: OptimizerGroups(decaysNormsAndBiases: false))
    let before = Dictionary(
      uniqueKeysWithValues: store.allParameters.map { ($0.name, $0.value.array(of: Double.self)) })
    let vector = vector(store)
    #expect(vector.ranges.count { !$0.isDecayed } == 3 && token.isNormOrBias)
    GroupedOptimizer(SGD(momentum: 0, weightDecay: 0.5), OptimizerGroups())
      .update(vector, gradient: vector.values.zerosLike(), learningRate: 1)
    for parameter in store.allParameters {
      let factor: Double = ["trunk.a.weight", "behind.weight"].contains(parameter.name) ? 0.5 : 1
      expectClose(
        parameter.value.array(of: Double.self), before[parameter.name]!.map { $0 * factor }, tolerance: 1e-6,
        parameter.name)
    }
  }

  /// To the bit, with their moments; what is frozen later keeps what it had.
  @Test func frozenParametersStay() throws {
    let store = makeStore()
    let groups = OptimizerGroups([OptimizerGroup("gates", isFrozen: true)])
    store.layOut(for: groups)
    let adam = GroupedOptimizer(Adam(weightDecay: 0.1), groups)
    func state() -> [String: [Float]] {
      let vector = vector(store)
      let moments = ["adam.mean", "adam.variance"].flatMap { name in
        zip(vector.parameters, vector.views(of: vector.companion(name))).map { ("\(name) \($0.name)", $1) }
      }
      return Dictionary(
        uniqueKeysWithValues: (store.allParameters.map { ($0.name, $0.value) } + moments).map { ($0, $1.array()) })
    }
    func update() { adam.update(vector(store), gradient: vector(store).values.onesLike(), learningRate: 0.1) }
    let start = state()
    update()
    let first = state()
    for (name, values) in first { #expect((values == start[name]!) == name.contains("gate"), "\(name)") }
    #expect(vector(store).trainedIndices == [0, 1, 3, 4])
    #expect(vector(store).trainedParts(of: vector(store).values).map(\.count) == [32, 32])
    store.freeze { $0.name.hasPrefix("trunk.") }
    store.layOut()
    #expect(state() == first)
    update()
    for (name, values) in state() {
      #expect((values == first[name]!) == !name.contains("behind"), "\(name)")
    }
    // The part that goes on has counted its steps.
    #expect(vector(store).ranges.indices.map { vector(store).scalar("adam.step", ofRange: $0).item } == [1, 0, 2])
  }

  @Test func companionsComeBack() {
    let (a, b) = (makeStore(), makeStore())
    a.layOut()
    b.layOut()
    Adam().update(vector(a), gradient: vector(a).values.onesLike(), learningRate: 0.1)
    let state = vector(a).companionState
    #expect(state.count == 2 + 3)
    for (name, tensor) in state { #expect(vector(b).restoreCompanion(name, tensor), "\(name)") }
    let restored = vector(b).companionState
    for (old, new) in paired(state, restored) {
      #expect(old.name == new.name && old.tensor.array(of: Float.self) == new.tensor.array(of: Float.self))
    }
    for name in [
      "scalar.3.adam.step", "scalar.-1.adam.step", "scalar.x.adam.step", "scalar.0", "vector", "", "other.a",
    ] {
      #expect(!vector(b).restoreCompanion(name, .zeros([1])), "\(name)")
    }
  }

  @Test func twoGroupsOfOneNameStop() async {
    await #expect(processExitsWith: .failure) {
      _ = OptimizerGroups([OptimizerGroup("a"), OptimizerGroup("a")])
    }
  }
}
