import NeuralNetworks
import TestSupport
import Testing
import Torch

@Suite struct StreamTests {
  private let tasks = ["a", "b"]
  private let streams = (0..<2).map { RandomGenerator(seed: UInt64($0)).normal([3, 2, 5, 5]) }

  /// How streams lie in memory changes nothing, also where a layer looks at the whole batch.
  @Test(arguments: [false, true]) func storageChangesNothing(isTraining: Bool) {
    func run(_ input: Streams, _ seed: UInt64) -> (outputs: [Tensor], mean: [Double]) {
      let store = ParameterStore(seed: 3)
      let layer = PlainKit().convolution(
        store.root["conv"], normalizedAt: store.root["bn"], ConvolutionShape(from: 2, to: 4, kernel: 3))
      store.layOut()
      let context: ForwardContext = isTraining ? .training(RandomGenerator(seed: 1)) : .evaluation
      let outputs = layer(input, context.for(tasks: tasks)).byTask(count: 2)
      return (outputs, store.entry("bn.running_mean")!.array())
    }
    let apart = run(Streams(apart: streams), 1)
    let stacked = run(Streams(stacked: .concatenated(streams, axis: 0), count: 2), 1)
    for (a, b) in paired(apart.outputs, stacked.outputs) { expectClose(a, b, tolerance: 1e-5) }
    for (a, b) in paired(apart.mean, stacked.mean) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func sharedStreamsMeetPartedOnes() {
    let shared = Streams(streams[0])
    let parted = Streams(apart: streams)
    #expect(shared.shared != nil && parted.shared == nil && (shared + shared).shared != nil)
    let sum = (shared + parted).byTask(count: 2)
    for (found, stream) in paired(sum, streams) { expectClose(found, streams[0] + stream, tolerance: 0) }
    let stacked = (Streams(stacked: .concatenated(streams, axis: 0), count: 2) + shared).byTask(count: 2)
    for (found, expected) in paired(stacked, sum) { expectClose(found, expected, tolerance: 0) }
    #expect(parted.stacked(count: 2).shape == [6, 2, 5, 5] && parted.size(ofAxis: 1) == 2)
  }
}
