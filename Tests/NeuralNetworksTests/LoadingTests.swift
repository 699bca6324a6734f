import Foundation
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// Loading state dicts that do not fit to the letter.
@Suite struct LoadingTests {
  private func makeStore() -> ParameterStore {
    let store = ParameterStore(seed: 1)
    _ = Linear(store.root["trunk"], from: 2, to: 3)
    _ = BatchNormalization(store.root["norm"], channels: 3)
    store.layOut()
    return store
  }

  private func load(
    _ entries: [(name: String, tensor: Tensor)], into store: ParameterStore,
    strictness: ParameterStore.Strictness = .exact, adapting: (String, Tensor) throws -> Tensor = { $1 }
  ) throws -> LoadReport {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("w.safetensors")
      try Safetensors.write(entries, to: url)
      return try store.load(SafetensorsFile(contentsOf: url), strictness: strictness, adapting: adapting)
    }
  }

  private func entries() -> [(name: String, tensor: Tensor)] {
    makeStore().state.map { ($0.name, $0.tensor.dtype.isFloatingPoint ? $0.tensor.onesLike() : $0.tensor) }
  }

  @Test func aCounterIsNoWeight() throws {
    let store = makeStore()
    withoutGradients { store.entry("norm.num_batches_tracked")!.fill(7) }
    let report = try load(entries().filter { $0.name != "norm.num_batches_tracked" }, into: store)
    #expect(report.isComplete && report.loaded.count == 6 && report.missing.isEmpty)
    #expect(store.entry("norm.num_batches_tracked")!.item == 7)
    // What is there is taken, and what is a weight has to be there.
    _ = try load(entries(), into: store)
    #expect(store.entry("norm.num_batches_tracked")!.item == 0)
    #expect { try load(entries().filter { $0.name != "norm.running_mean" }, into: store) } throws: {
      "\($0)".contains("1 missing in the file: norm.running_mean")
    }
  }

  @Test func onlyWhatARuleKnowsMayBeLeftOver() throws {
    let isUnused = ParameterStore.Strictness.allowingUnused { $0.hasPrefix("head.") }
    let head = entries() + [("head.weight", .zeros([1]))]
    let report = try load(head, into: makeStore(), strictness: isUnused)
    #expect(report.unused == ["head.weight"] && report.unexpected.isEmpty && report.loaded.count == 7)
    let store = makeStore()
    let before = store.state.map { $0.tensor.array(of: Double.self) }
    #expect { try load(head + [("gamma", .zeros([1]))], into: store, strictness: isUnused) } throws: { error in
      guard let error = error as? LoadError else { return false }
      return error.report.unexpected == ["gamma"] && error.report.unused == ["head.weight"]
        && "\(error)".contains("another architecture: gamma")
    }
    #expect { try load(head, into: store) } throws: { ($0 as? LoadError)?.report.unexpected == ["head.weight"] }
    #expect(store.state.map { $0.tensor.array(of: Double.self) } == before)
  }

  /// An entry of the right shape may mean something else in the file.
  @Test func everyEntryMayBeAdapted() throws {
    let store = makeStore()
    var asked: [String] = []
    _ = try load(entries(), into: store) { name, value in
      asked.append(name)
      return name == "trunk.bias" ? value * 3 : value
    }
    #expect(asked == store.state.map(\.name))
    #expect(store.entry("trunk.bias")!.array(of: Double.self) == [3, 3, 3])
    #expect(store.entry("norm.weight")!.array(of: Double.self) == [1, 1, 1])
  }

  @Test func anEntryThatCannotBeAdaptedChangesNothing() throws {
    struct Refusal: Error {}
    let store = makeStore()
    let before = store.state.map { $0.tensor.array(of: Double.self) }
    #expect(throws: Refusal.self) {
      try load(entries(), into: store) { name, value in
        guard name == "norm.bias" else { return value }
        throw Refusal()
      }
    }
    // Names that do not fit come first.
    #expect(throws: LoadError.self) {
      try load(entries() + [("gamma", .zeros([1]))], into: store) { _, _ in throw Refusal() }
    }
    #expect(store.state.map { $0.tensor.array(of: Double.self) } == before)
  }

  @Test func weightsThatAreNotFiniteAreNamed() throws {
    let store = makeStore()
    let before: [Float] = store.entry("trunk.weight")!.array()
    let damaged = entries().map { name, tensor in
      (name: name, tensor: name == "trunk.bias" ? tensor * Double.nan : tensor)
    }
    #expect { try load(damaged, into: store) } throws: {
      "\($0)".contains("'trunk.bias' holds numbers that are not finite")
    }
    #expect(store.entry("trunk.weight")!.array() == before)
  }
}
