import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// A measurement of token modulation and expansion: the analysis of the tokens, and a step of the network that grew.
public struct TokenBenchmark {
  private let joint: StepBenchmark
  private let grown: StepBenchmark
  private let adaptation: any TokenGrowing
  private let embedded: Tensor
  private let stack: TransformerStack

  /// The number of batches in one analysis: as many as the configured number of samples needs.
  public let batchCount: Int

  /// - Parameters:
  ///   - method: the method and the tasks; the method has to let the network grow: ``BenchmarkMethod/growsTokens``.
  ///   - parts: the parts of the network.
  ///   - batchSize: the number of images in a batch.
  ///   - threads: the number of threads of libtorch's kernels.
  /// - Throws: `MethodError` for a method that lets no network grow, or an encoder that is not a transformer;
  ///   ``ConfigurationError`` for parts that do not go together.
  public init(_ method: BenchmarkMethod, _ parts: BenchmarkNetwork, batchSize: Int, threads: Int) throws {
    func make() throws -> StepBenchmark {
      try StepBenchmark(method, parts, batchSize: batchSize, threads: threads)
    }
    guard let adaptation = method.method.adaptation.tokenGrowing else {
      throw MethodError("tokens are measured with an adaptation that lets them grow, such as dtme")
    }
    joint = try make()
    grown = try make()
    self.adaptation = adaptation
    try adaptation.check(joint.network)
    batchCount = (adaptation.sampleCount + batchSize - 1) / batchSize
    guard let stack = joint.network.transformer else {
      throw MethodError("\(parts.encoder.name) is not a transformer: it has no tokens")
    }
    self.stack = stack
    var entering: [Tensor] = []
    let objective = joint.objective
    withoutGradients { _ = objective.features { entering.append($0) } }
    require(!entering.isEmpty, "no layer of \(parts.encoder.name) is entered by all tasks together")
    embedded = entering[0]
  }

  /// Analyzes the token spaces and the conflicts of ``batchCount`` batches.
  public func analyze() throws -> TokenAnalysis {
    try TokenAnalysis(tasks: joint.network.tasks, ratio: adaptation.ratio) { body in
      for _ in 0..<batchCount { try body(joint.objective) }
    }
  }

  /// Performs the passes that the analysis needs at least: for each batch a forward pass, and for each task a backward
  /// pass to the tokens.
  public func analysisPasses() {
    for _ in 0..<batchCount {
      var tokens: [Tensor] = []
      let features = joint.objective.features { tokens.append($0) }
      let losses = joint.objective.losses(of: Array(joint.network.outputs.indices), from: features)
      _ = gradientsOfEach(losses, withRespectTo: [tokens[0]])
    }
  }

  /// Lets one of the two networks grow as the analysis says, and returns the growth.
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

  /// Performs a forward and a backward pass of one stream of tokens through all blocks.
  public func blockPasses() {
    let output = stack(Streams(embedded), .evaluation).shared!
    let parameters = joint.network.store.allParameters.filter { $0.name.contains(".blocks.") }.map(\.value)
    _ = gradients(of: [output.sum()], withRespectTo: parameters)
  }

  /// Returns the predicted seconds of a step of the grown network, which has K − 1 more streams of tokens from its
  /// first separate layer on.
  ///
  /// - Parameters:
  ///   - growth: the growth of the network.
  ///   - joint: the seconds of a step of the network that has not grown.
  ///   - blocks: the seconds of ``blockPasses()``.
  public func predictedSeconds(_ growth: TokenGrowth, joint: Double, blocks: Double) -> Double {
    let layerCount = stack.blocks.count
    let separate = layerCount - (growth.firstSeparateLayer ?? layerCount)
    return joint + Double((self.joint.network.tasks.count - 1) * separate) / Double(layerCount) * blocks
  }
}
