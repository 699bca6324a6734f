import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct TransformerStackTests {
  private static let tasks = ["a", "b", "c"]
  private let input = RandomGenerator(seed: 3).normal([2, 5, 12])

  private func make(_ growth: TokenGrowth? = nil) -> (store: ParameterStore, stack: TransformerStack) {
    let store = ParameterStore(seed: 4)
    let stack = TransformerStack(store.root["blocks"], width: 12, depth: 3, heads: 3)
    store.layOut()
    if let growth {
      stack.grow(growth, tasks: Self.tasks)
      store.layOut()
    }
    return (store, stack)
  }

  private func context(_ tasks: [String]) -> ForwardContext { .evaluation.for(tasks: tasks) }

  /// The streams of some tasks, (tasks · batch) × tokens × width; the shared one if there are none.
  private func run(_ stack: TransformerStack, _ tasks: [String] = []) -> Tensor {
    let output = stack(Streams(input), context(tasks))
    return output.shared ?? output.stacked(count: tasks.count)
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Double { withoutGradients { (a - b).abs().max().item } }

  /// Changes every parameter that is the task's alone.
  private func disturb(_ store: ParameterStore, _ reach: Reach) {
    withoutGradients {
      for parameter in store.allParameters where parameter.scope.reach == reach {
        parameter.value.add(inPlace: RandomGenerator(seed: 9).normal(parameter.shape, deviation: 0.5))
      }
    }
  }

  @Test func newModulatorsChangeNothing() {
    let (plainStore, plain) = make()
    let (store, stack) = make(TokenGrowth(modulatedLayers: [1, 2], expandedLayers: []))
    #expect(stack.partsStreams && !plain.partsStreams)
    let expected = run(plain)
    let found = run(stack, Self.tasks)
    #expect(found.shape == [6, 5, 12])
    for task in 0..<3 { #expect(difference(found[(2 * task)..<(2 * task + 2)], expected) < 1e-6) }
    // Each stream's loss has the gradient that it had in the plain network.
    let weight = RandomGenerator(seed: 5).normal(expected.shape)
    let names = plainStore.allParameters.map(\.name)
    let before = gradients(of: [(expected * weight).sum()], withRespectTo: plainStore.allParameters.map(\.value))
    let after = gradients(
      of: [(found[2..<4] * weight).sum()], withRespectTo: names.map { store.entry($0)! })
    for (name, pair) in paired(names, Array(paired(before, after))) {
      #expect(difference(pair.0!, pair.1!) < 1e-4 * max(1, pair.0!.abs().max().item), "\(name)")
    }
  }

  @Test(arguments: [
    TokenGrowth(modulatedLayers: [1], expandedLayers: [1, 2]),
    TokenGrowth(modulatedLayers: [0, 2], expandedLayers: [0], tokensPerTask: 3, keepsTokens: true),
    TokenGrowth(modulatedLayers: [1], expandedLayers: [0, 2], modulation: .batchNormalization),
    TokenGrowth(modulatedLayers: [2], expandedLayers: [1, 2], keepsTokens: true, sharesTokens: true),
  ])
  func someTasksAreAsAmongAll(_ growth: TokenGrowth) {
    let (store, stack) = make(growth)
    for (index, task) in Self.tasks.enumerated() {
      withoutGradients {
        for parameter in store.allParameters where parameter.scope.reach == .task(task) {
          parameter.value.add(inPlace: RandomGenerator(seed: UInt64(index)).normal(parameter.shape, deviation: 0.5))
        }
      }
    }
    let all = run(stack, Self.tasks)
    let two = run(stack, ["c", "a"])
    let one = run(stack, ["b"])
    #expect(one.shape == [2, 5, 12] && two.shape == [4, 5, 12])
    #expect(difference(two[0..<2], all[4..<6]) < 1e-5 && difference(two[2..<4], all[0..<2]) < 1e-5)
    #expect(difference(one, all[2..<4]) < 1e-5)
    #expect(difference(all[0..<2], all[2..<4]) > 1e-3)
  }

  @Test func ownTokensReachTheirTaskAlone() {
    let (store, stack) = make(TokenGrowth(modulatedLayers: [1], expandedLayers: [1]))
    let before = run(stack, Self.tasks)
    disturb(store, .task("b"))
    let after = run(stack, Self.tasks)
    #expect(difference(before[0..<2], after[0..<2]) == 0 && difference(before[4..<6], after[4..<6]) == 0)
    #expect(difference(before[2..<4], after[2..<4]) > 1e-3)
  }

  /// Without streams of their own, tasks see each other's tokens, which then belong to all.
  @Test func tokensAloneNeedNoStreams() {
    let (store, stack) = make(TokenGrowth(modulatedLayers: [], expandedLayers: [0, 2], tokensPerTask: 2))
    #expect(!stack.partsStreams && store.vectors.map(\.reach) == [.everyTask])
    let output = run(stack)
    #expect(output.shape == [2, 5, 12])
    #expect(store.entry("blocks.0.tokens.b")!.shape == [1, 2, 12])
    withoutGradients { store.entry("blocks.0.tokens.b")!.fill(1) }
    #expect(difference(output, run(stack)) > 1e-4)
    // Before the first modulated layer, too.
    let mixed = make(TokenGrowth(modulatedLayers: [2], expandedLayers: [0, 2])).store
    #expect(mixed.allParameters.first { $0.name == "blocks.0.tokens.a" }!.scope.reach == .everyTask)
    #expect(mixed.allParameters.first { $0.name == "blocks.2.tokens.a" }!.scope.reach == .task("a"))
  }

  @Test func growthKeepsValuesAndMoments() {
    let (store, stack) = make()
    let adam = Adam()
    func step() {
      for vector in store.vectors {
        adam.update(
          vector, gradient: RandomGenerator(seed: 1).normal([vector.count]), learningRate: 0.01)
      }
    }
    step()
    let old = store.vector(of: .everyTask)!
    let saved = old.parameters.map { ($0.name, $0.value.copied()) }
    let moments = zip(old.parameters, old.views(of: old.companion("adam.mean"))).map { ($0.name, $1.copied()) }
    stack.grow(TokenGrowth(modulatedLayers: [2], expandedLayers: [0, 2]), tasks: Self.tasks)
    store.layOut()
    let new = store.vector(of: .everyTask)!
    #expect(new.count > old.count)
    let views = Dictionary(
      uniqueKeysWithValues: zip(new.parameters.map(\.name), new.views(of: new.companion("adam.mean"))))
    for (name, value) in saved { #expect(difference(store.entry(name)!, value) == 0) }
    for (name, value) in moments { #expect(difference(views[name]!, value) == 0) }
    #expect(views["blocks.0.tokens.a"]!.abs().max().item == 0)
    // Frozen: the old part stays, with its moments, and the new one learns.
    #expect(new.ranges.map(\.elements) == [0..<old.count, old.count..<new.count])
    #expect(new.ranges.map(\.generation) == [0, 1] && new.ranges.allSatisfy { !$0.isFrozen })
    store.freeze { !$0.name.contains("tokens") && !$0.name.contains("modulators") }
    store.layOut()
    let frozen = store.vector(of: .everyTask)!
    #expect(
      frozen.ranges.map(\.elements) == new.ranges.map(\.elements) && frozen.ranges.map(\.isFrozen) == [true, false])
    let before = frozen.values.copied()
    for optimizer in [adam as any Optimizer, SGD()] {
      optimizer.update(frozen, gradient: RandomGenerator(seed: 2).normal([new.count]), learningRate: 0.1)
    }
    #expect(difference(frozen.values[0..<old.count], before[0..<old.count]) == 0)
    #expect(difference(frozen.values[old.count...], before[old.count...]) > 0.05)
    let kept = Dictionary(
      uniqueKeysWithValues: zip(frozen.parameters.map(\.name), frozen.views(of: frozen.companion("adam.mean"))))
    for (name, value) in moments { #expect(difference(kept[name]!, value) == 0) }
  }

  /// What is new starts as everything started: Adam counts its steps by themselves.
  @Test func newElementsStepAsInAFreshOptimizer() {
    let (store, stack) = make()
    let adam = Adam()
    func update() {
      for vector in store.vectors {
        adam.update(vector, gradient: vector.values.onesLike(), learningRate: 0.01)
      }
    }
    for _ in 0..<50 { update() }
    stack.grow(TokenGrowth(modulatedLayers: [], expandedLayers: [1]), tasks: Self.tasks)
    store.layOut()
    let token = store.entry("blocks.1.tokens.a")!
    let start = token.copied()
    for step in 1...12 {
      update()
      // A constant gradient makes steps of the learning rate.
      #expect(abs(difference(token, start) - 0.01 * Double(step)) < 1e-4)
    }
  }
}
