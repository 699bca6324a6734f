import Foundation
import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct ParameterStoreTests {
  private func makeStore() -> (store: ParameterStore, trunk: Linear, head: Linear) {
    let store = ParameterStore(seed: 1)
    let trunk = Linear(store.root["trunk"], from: 5, to: 7)
    let head = Linear(store.root["head"].reached(by: .task("depth")), from: 7, to: 2)
    store.layOut()
    return (store, trunk, head)
  }

  @Test func everyReachHasOneVector() {
    let (store, _, _) = makeStore()
    #expect(store.vectors.map(\.reach) == [.everyTask, .task("depth")])
    #expect(store.vector(of: .everyTask)!.parameterCount == 5 * 7 + 7)
    #expect(store.parameterCount == 5 * 7 + 7 + 7 * 2 + 2)
  }

  @Test func parametersAreViewsOfTheirVector() {
    let (store, _, _) = makeStore()
    let vector = store.vector(of: .everyTask)!
    withoutGradients { vector.values.fill(2) }
    for parameter in vector.parameters { #expect(parameter.value.array(of: Float.self).allSatisfy { $0 == 2 }) }
    #expect(vector.parameters.allSatisfy { $0.value.requiresGradient })
  }

  @Test func reachesOfSeveralTasks() {
    let reach = Reach.tasks(["visible", "amodal"])
    #expect(reach.includes("visible") && !reach.includes("box") && Reach.everyTask.includes("box"))
    #expect(Reach.everyTask < reach && "\(reach)" == "tasks:amodal+visible")
  }

  @Test func growthKeepsValuesAndOptimizerState() {
    let (store, trunk, _) = makeStore()
    let context = ForwardContext.evaluation
    let input = RandomGenerator(seed: 2).normal([4, 5])
    let adam = Adam()
    func train() {
      let vector = store.vector(of: .everyTask)!
      let gradient = vector.values.zerosLike()
      writeGradients(
        of: [trunk(input, context).squared().sum()],
        to: zip(vector.parameters, vector.views(of: gradient)).map { GradientTarget($0.value, into: $1) })
      adam.update(vector, gradient: gradient, learningRate: 0.1)
    }
    train()
    let before = trunk(input, context).array(of: Float.self)
    let old = store.vector(of: .everyTask)!
    let oldMoments = old.views(of: old.companion("adam.mean")).map { $0.array(of: Float.self) }

    let added = Linear(store.root["added"], from: 7, to: 3)
    store.layOut()
    let grown = store.vector(of: .everyTask)!
    #expect(grown.parameterCount == old.parameterCount + 24)
    #expect(trunk(input, context).array(of: Float.self) == before)
    let moments = grown.views(of: grown.companion("adam.mean")).map { $0.array(of: Float.self) }
    #expect(Array(moments.prefix(2)) == oldMoments)
    #expect(moments[2].allSatisfy { $0 == 0 })
    #expect(grown.scalar("adam.step").item == 1)
    train()
    #expect(trunk(input, context).array(of: Float.self) != before)
    #expect(added(.zeros([1, 7]), context).shape == [1, 3])
  }

  @Test func savedWeightsComeBack() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.safetensors")
      let (source, _, _) = makeStore()
      try Safetensors.write(source.state.map { ($0.name, $0.tensor) }, to: url)
      let (target, _, _) = makeStore()
      withoutGradients { target.vectors.forEach { $0.values.zero() } }
      let report = try target.load(SafetensorsFile(contentsOf: url))
      #expect(report.isComplete && report.loaded.count == 4)
      for (a, b) in paired(source.state, target.state) {
        #expect(a.name == b.name)
        #expect(a.tensor.array(of: Float.self) == b.tensor.array(of: Float.self))
      }
    }
  }

  @Test func foreignWeightsAreReportedAndChangeNothing() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.safetensors")
      try Safetensors.write(
        [("trunk.weight", .zeros([7, 6])), ("trunk.bias", .zeros([7])), ("other", .zeros([1]))], to: url)
      let (store, _, _) = makeStore()
      let before = store.state.map { $0.tensor.array(of: Float.self) }
      #expect { try store.load(SafetensorsFile(contentsOf: url)) } throws: { error in
        guard let error = error as? LoadError else { return false }
        return error.report.missing == ["head.weight", "head.bias"] && error.report.unexpected == ["other"]
          && error.report.wronglyShaped.map(\.name) == ["trunk.weight"] && "\(error)".contains(url.path)
      }
      #expect(store.state.map { $0.tensor.array(of: Float.self) } == before)
    }
  }

  @Test func twoEntriesOfOneNameStop() async {
    await #expect(processExitsWith: .failure) {
      let store = ParameterStore(seed: 1)
      _ = Linear(store.root["a"], from: 1, to: 1)
      _ = Linear(store.root["a"], from: 1, to: 1)
    }
  }
}
