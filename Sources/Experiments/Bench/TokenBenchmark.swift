import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// What token modulation and expansion costs: looking at the tokens, and a step of the network that grew.
public struct TokenBenchmark {
  private let joint: StepBenchmark
  private let grown: StepBenchmark
  private let adaptation: TokenModulationAndExpansion
  private let embedded: Tensor
  private let stack: TransformerStack

  /// Batches in one look: as many as the configured samples need.
  public let batchCount: Int

  /// - Parameters:
  ///   - method: names joined by `+`, dtme among them.
  ///   - settings: such as `method.adaptation.modulated=0.25`.
  /// - Throws: ``MethodError`` or ``ConfigurationError``, also for an encoder that is no transformer.
  public init(
    method: String, settings: [String], encoder: String, taskCount: Int, size: Int, batchSize: Int, threads: Int
  ) throws {
    func make() throws -> StepBenchmark {
      try StepBenchmark(
        method: method, settings: settings, encoder: encoder, taskCount: taskCount, size: size, batchSize: batchSize,
        threads: threads)
    }
    joint = try make()
    grown = try make()
    adaptation = joint.method.adaptation as! TokenModulationAndExpansion
    try adaptation.check(joint.network)
    batchCount = (adaptation.sampleCount + batchSize - 1) / batchSize
    stack = joint.network.transformer!
    var first: Tensor?
    let objective = joint.objective
    withoutGradients { _ = objective.features { first = first ?? $0 } }
    embedded = first!
  }

  /// Spaces and conflicts of ``batchCount`` batches.
  public func analyze() throws -> TokenAnalysis {
    try TokenAnalysis(tasks: joint.network.tasks, ratio: adaptation.ratio) { body in
      for _ in 0..<batchCount { try body(joint.objective) }
    }
  }

  /// What the analysis cannot do without: for each batch a forward pass, and for each task a backward pass to the tokens.
  public func analysisPasses() {
    for _ in 0..<batchCount {
      var tokens: [Tensor] = []
      let features = joint.objective.features { tokens.append($0) }
      let losses = joint.objective.losses(of: Array(joint.network.outputs.indices), from: features)
      _ = gradientsOfEach(losses, withRespectTo: [tokens[0]])
    }
  }

  /// Lets one of the two networks grow as the analysis says.
  public func grow(after analysis: TokenAnalysis) -> TokenGrowth {
    var generator = SeededGenerator(seed: 1)
    let growth = adaptation.growth(after: analysis, using: &generator)
    grown.network.transformer!.grow(growth, tasks: grown.network.tasks)
    grown.network.store.layOut()
    return growth
  }

  /// Performs one step of the network that has not grown.
  public func jointStep() throws { try joint.step() }
  /// Performs one step of the network that has grown.
  public func grownStep() throws { try grown.step() }

  /// One stream forward and backward through all blocks.
  public func blockPasses() {
    let output = stack(Streams(embedded), .evaluation).shared!
    let parameters = joint.network.store.allParameters.filter { $0.name.contains(".blocks.") }.map(\.value)
    _ = gradients(of: [output.sum()], withRespectTo: parameters)
  }

  /// What ``TransformerStack`` says that a step of the grown network takes: K − 1 more streams from its first separate layer.
  public func predictedSeconds(_ growth: TokenGrowth, joint: Double, blocks: Double) -> Double {
    let layerCount = stack.blocks.count
    let separate = layerCount - (growth.firstSeparateLayer ?? layerCount)
    return joint + Double((self.joint.network.tasks.count - 1) * separate) / Double(layerCount) * blocks
  }
}
