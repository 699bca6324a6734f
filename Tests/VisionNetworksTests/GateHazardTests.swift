import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch
import VisionNetworks

/// What goes wrong easily with gates.
@Suite(.serialized) struct GateHazardTests {
  private let tasks = ["x", "y"]

  private func network(
    _ change: (inout GatedSharing) -> Void = { _ in }, sparsity: GateSparsity.Kind = .l1
  ) -> MultitaskNetwork {
    var sharing = GatedSharing(sparsity: GateSparsity(sparsity, weight: 1, targets: [0, 0]))
    change(&sharing)
    let network = MultitaskNetwork(
      NetworkPlan(
        encoder: GatedReference.encoder("resnet20_narrow"), sharing: sharing,
        decoder: GatedReference.decoder(.image), outputs: tasks.map { TaskOutput(task: $0, channels: 1) },
        request: EncoderRequest(imageHeight: 16, imageWidth: 16)), seed: 3, dtype: .float64)
    let generator = RandomGenerator(seed: 5)
    withoutGradients {
      for layer in network.gatedLayers {
        layer.gates.value.copy(from: generator.normal(layer.gates.shape).to(.float64))
      }
    }
    return network
  }

  /// Makes some steps with weight decay.
  private func train(_ network: MultitaskNetwork, steps: Int = 1, decay: Double = 0.1) throws -> StepReport {
    let image = RandomGenerator(seed: 1).normal([4, 3, 16, 16]).to(.float64)
    let problem = AttributeObjective(network: network, image: image, labels: [[1, 0, 1, 0], [0, 0, 1, 1]])
    let optimizer = MultitaskOptimizer(
      network.store, method: MultitaskMethod(), optimizer: Adam(weightDecay: decay),
      groups: OptimizerGroups().completed(by: network.optimizerGroups))
    var report: StepReport?
    for step in 0..<steps {
      network.willStep(step, of: steps)
      report = try optimizer.step([problem], learningRate: 1e-2)
      network.didStep()
    }
    return report!
  }

  private func rows(_ network: MultitaskNetwork, _ name: String) -> [[Double]] {
    let value = network.store.entry(name)!
    let rows: [Double] = value.array()
    let size = value.count / value.shape[0]
    return (0..<value.shape[0]).map { Array(rows[$0 * size..<($0 + 1) * size]) }
  }

  /// Under Adam, weight decay is all the gradient that a channel has which nothing selects.
  @Test(arguments: [false, true]) func unselectedChannelsDecayOrHold(isHeld: Bool) throws {
    let network = network { $0.holdsUnselected = isHeld }
    let layer = network.gatedLayers[3]
    let pattern = layer.pattern()
    let names = tasks.map { "backbone.task.\($0).\(layer.name).weight" } + ["backbone.shared.\(layer.name).weight"]
    let before = names.map { rows(network, $0) }
    _ = try train(network)
    for (copy, name) in names.enumerated() {
      for (channel, (old, new)) in paired(before[copy], rows(network, name)).enumerated() {
        let isSelected = copy < 2 ? pattern[copy][channel] : pattern.contains { !$0[channel] }
        #expect((old == new) == (isHeld && !isSelected), "\(name), channel \(channel)")
      }
    }
  }

  /// The shared copy is not trained while all channels are own, and a task's copy is trained by the others' losses below
  /// a shared channel that they take.
  @Test func whoseLossesReachCopies() throws {
    let network = network(sparsity: .none)
    withoutGradients {
      for layer in network.gatedLayers { layer.gates.value.copy(from: .full(1, layer.gates.shape, dtype: .float64)) }
    }
    let shared = network.store.allParameters.filter { $0.name.hasPrefix("backbone.shared.") }
    let before = shared.map { $0.value.copied() }
    _ = try train(network, decay: 0)
    for (parameter, old) in paired(shared, before) { expectClose(parameter.value, old, tolerance: 0) }
    let last = network.gatedLayers.last!
    withoutGradients { last.gates.value.copy(from: .full(-1, last.gates.shape, dtype: .float64)) }
    let below = network.store.entry("backbone.task.x.\(network.gatedLayers[0].name).weight")!
    let image = RandomGenerator(seed: 2).normal([2, 3, 16, 16]).to(.float64)
    let loss = network(image, tasks: [1], .evaluation)[0].squared().mean()
    #expect(gradients(of: [loss], withRespectTo: [below])[0]!.norm().item > 0)
    let reaches = network.store.allParameters.filter { $0.name.hasPrefix("backbone.task.x.conv1") }.map(\.scope.reach)
    #expect(!reaches.isEmpty && reaches.allSatisfy { $0 == .everyTask })
  }

  /// A logit of exactly zero is own, and what a gate lets through is one candidate to the bit.
  @Test func gatesAreExact() {
    let store = ParameterStore(seed: 0)
    let kit = GatedKit(root: store.root, tasks: tasks)
    let layer = kit.linear(store.root["x"], normalizedAt: nil, LinearShape(from: 3, to: 4))
    store.layOut()
    withoutGradients {
      kit.layers[0].gates.value.copy(from: Tensor([0, -0.0, -1e-30, 7.3, -5, 0, 1e-20, -2], shape: [2, 4]))
    }
    #expect(kit.layers[0].pattern() == [[true, true, false, true], [false, true, true, false]])
    let input = RandomGenerator(seed: 1).normal([2, 5, 3])
    let outputs = layer(Streams(input), ForwardContext.evaluation.for(tasks: tasks)).byTask(count: 2)
    func candidate(_ copy: String) -> Tensor {
      input.linear(store.entry("\(copy).x.weight")!, store.entry("\(copy).x.bias")!)
    }
    let shared: [Float] = candidate("shared").array()
    for (task, output) in outputs.enumerated() {
      let own: [Float] = candidate("task.\(tasks[task])").array()
      for (index, value) in output.array(of: Float.self).enumerated() {
        #expect(value == (kit.layers[0].pattern()[task][index % 4] ? own[index] : shared[index]))
      }
    }
  }

  /// All copies keep running statistics, whether their channels are selected or not.
  @Test func unselectedCopiesKeepStatistics() {
    let network = network()
    let names = network.store.allBuffers.map(\.name).filter { $0.hasSuffix("running_mean") }
    let before = names.map { network.store.entry($0)!.copied() }
    let image = RandomGenerator(seed: 2).normal([4, 3, 16, 16]).to(.float64)
    _ = network(image, .training(RandomGenerator(seed: 0)))
    #expect(names.count == 3 * network.gatedLayers.count)
    for (name, old) in paired(names, before) {
      #expect((network.store.entry(name)! - old).abs().max().item > 0, "\(name)")
    }
  }

  @Test func frozenGatesStayAsTheyAre() throws {
    let network = network { $0.freezesAfter = 0.5 }
    let first = network.gatedLayers[0]
    let before = first.gates.value.copied()
    #expect(try train(network, steps: 4).penalty == nil)
    let moved = (first.gates.value - before).abs().max().item
    network.willStep(3, of: 4)
    let kept = network.gatedLayers.flatMap { [$0.gates, $0.mix].compactMap { $0 } }.map { $0.value.copied() }
    _ = try withFrozen(network)
    let now = network.gatedLayers.flatMap { [$0.gates, $0.mix].compactMap { $0 } }
    for (parameter, old) in paired(now, kept) { expectClose(parameter.value, old, tolerance: 0) }
    #expect(moved > 0)
  }

  /// One more step of a training whose gates are frozen.
  private func withFrozen(_ network: MultitaskNetwork) throws -> StepReport {
    let image = RandomGenerator(seed: 1).normal([4, 3, 16, 16]).to(.float64)
    let problem = AttributeObjective(network: network, image: image, labels: [[1, 0, 1, 0], [0, 0, 1, 1]])
    return try MultitaskOptimizer(
      network.store, method: MultitaskMethod(), optimizer: Adam(),
      groups: OptimizerGroups().completed(by: network.optimizerGroups)
    ).step([problem], learningRate: 1e-2)
  }

  /// The start of a run says how far the penalty can move a gate.
  @Test func aPenaltyThatIsTooSmallIsNoted() {
    let weak = network { $0.sparsity.weight = 0.05 }
    #expect(weak.gateNote(steps: 100)?.contains("network.sharing.lambda") == true)
    #expect(network { $0.sparsity.weight = 1000 }.gateNote(steps: 100) == nil)
    #expect(network(sparsity: .none).gateNote(steps: 100) == nil)
  }

  // MARK: A target for the cost

  @Test func targetsBelowHardSharingAreRefused() throws {
    let cost = network().gateCost()
    #expect(cost.shared < cost.single)
    func complaint(_ flops: Double) -> String {
      do { try network { $0.flops = flops }.checkGates() } catch { return "\(error)" }
      return "nothing"
    }
    #expect(complaint(0.3).contains("0.5 of those of 2 single-task networks"), "\(complaint(0.3))")
    #expect(complaint(Double(cost.shared)).contains("\(2 * cost.shared) FLOPs"))
    #expect(complaint(0.51) == "nothing" && complaint(Double(2 * cost.shared)) == "nothing")
  }

  /// λ drives the counted cost to the target, whatever λ starts from.
  @Test(arguments: [(0.6, 0.05), (0.8, 100)]) func thePenaltyFollowsTheCost(_ flops: Double, _ start: Double) throws {
    let network = network {
      $0.flops = flops
      $0.sparsity.weight = start
    }
    _ = try train(network, steps: 120, decay: 0)
    let reached = network.gateState!.flopFraction
    #expect(abs(reached - flops) < 0.02, "\(reached), not \(flops)")
  }
}
