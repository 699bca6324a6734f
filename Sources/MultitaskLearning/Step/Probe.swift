import NeuralNetworks
import Torch

/// Runs evaluations beside the step, which leave no trace: running statistics and random generators get their states back.
struct Probe {
  private let store: ParameterStore
  private let generators: [RandomGenerator]
  /// Of the generators before the step.
  private let firstStates: [Tensor]

  init(_ objectives: [any MultitaskObjective], _ store: ParameterStore) {
    self.store = store
    var generators: [RandomGenerator] = []
    for generator in objectives.compactMap(\.generator) where !generators.contains(where: { $0 === generator }) {
      generators.append(generator)
    }
    self.generators = generators
    firstStates = generators.map { $0.state }
  }

  /// - Parameter repeatingDraws: whether the body draws the numbers that the step drew.
  func run<Result>(repeatingDraws: Bool = false, _ body: () throws -> Result) rethrows -> Result {
    let buffers = store.allBuffers.map { (buffer: $0, value: $0.value.copied()) }
    let states = generators.map { $0.state }
    if repeatingDraws { restore(firstStates) }
    defer {
      withoutGradients { for (buffer, value) in buffers { buffer.value.copy(from: value) } }
      restore(states)
    }
    return try body()
  }

  private func restore(_ states: [Tensor]) {
    for (generator, state) in zip(generators, states) { generator.state = state }
  }
}
