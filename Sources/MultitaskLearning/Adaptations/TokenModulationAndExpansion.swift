import NeuralNetworks
import Support
import Torch

/// Lets a transformer grow where its tasks conflict: modulators where gradients clash in the space that tokens span, tokens
/// of tasks where they clash outside of it.
///
/// Once in a training, ``TokenAnalysis`` counts conflicts in every layer. The layers with most conflicts in the range space
/// get a modulator for each task, those with most in the null space get tokens for each task. Nothing else changes: affine
/// modulators are the identity at first. `TransformerStack` says what this costs.
///
/// - Source: *Dynamic Token Modulation and Expansion for Multi-Task Learning*, sections 4.3 and 5. The paper does not say how
///   long a token lives, nor whose streams see it: here it leaves after its layer, and a task's stream has its own.
public struct TokenModulationAndExpansion: TokenGrowing {
  /// Which layers grow.
  public enum Criterion: String, Sendable, CaseIterable {
    /// Those with most conflicts.
    case most
    /// Those with fewest conflicts.
    case least
    /// Any.
    case random
  }

  /// Whether the network has grown, and how.
  public struct State: Codable, Sendable, Equatable {
    /// What grew; nil before it did.
    public internal(set) var growth: TokenGrowth?
  }

  /// The fraction of layers that get modulators.
  public let modulatedShare: Double
  /// The fraction of layers that get tokens of tasks.
  public let expandedShare: Double
  /// r: how much more of the tokens the range space holds than the null space.
  public let ratio: Double
  /// When the network grows, as a fraction of the training.
  public let moment: Double
  /// How many samples of the training data are looked at.
  public let sampleCount: Int
  /// Which layers grow.
  public let criterion: Criterion
  /// How many tokens each task gets in each expanded layer.
  public let tokensPerTask: Int
  /// What a modulator does.
  public let modulation: TokenGrowth.Modulation
  /// Whether tokens stay after their layer.
  public let keepsTokens: Bool
  /// Whether every task's stream has all tasks' tokens.
  public let sharesTokens: Bool
  /// Whether what was shared before stays as it is from then on.
  public let freezesBackbone: Bool
  /// What the method has learned.
  public var state = State()

  /// - Parameters:
  ///   - modulatedShare: the fraction of layers that get modulators, from 0 to 1.
  ///   - expandedShare: the fraction of layers that get tokens of tasks, from 0 to 1.
  ///   - ratio: r, above 0.
  ///   - moment: when the network grows, as a fraction of the training, from 0 to 1.
  ///   - sampleCount: how many samples of the training data are looked at, at least 1.
  ///   - criterion: which layers grow.
  ///   - tokensPerTask: how many tokens each task gets in each expanded layer, from 1 to 1024.
  ///   - modulation: what a modulator does.
  ///   - keepsTokens: whether tokens stay after their layer.
  ///   - sharesTokens: whether every task's stream has all tasks' tokens.
  ///   - freezesBackbone: whether what was shared before stays as it is from then on.
  public init(
    modulatedShare: Double = 0.5, expandedShare: Double = 0.5, ratio: Double = 100, moment: Double = 0.25,
    sampleCount: Int = 128, criterion: Criterion = .most, tokensPerTask: Int = 1,
    modulation: TokenGrowth.Modulation = .affine, keepsTokens: Bool = false, sharesTokens: Bool = false,
    freezesBackbone: Bool = false
  ) {
    for (name, fraction) in [("modulatedShare", modulatedShare), ("expandedShare", expandedShare), ("moment", moment)] {
      require(
        (0...1).contains(fraction), "TokenModulationAndExpansion: \(name) is \(fraction), but has to be from 0 to 1")
    }
    require(ratio > 0, "TokenModulationAndExpansion: ratio is \(ratio), but has to be above 0")
    require(
      sampleCount > 0 && (1...1024).contains(tokensPerTask),
      "TokenModulationAndExpansion: \(sampleCount) samples and \(tokensPerTask) tokens, but it needs at least 1 sample, and 1 to 1024 tokens"
    )
    self.modulatedShare = modulatedShare
    self.expandedShare = expandedShare
    self.ratio = ratio
    self.moment = moment
    self.sampleCount = sampleCount
    self.criterion = criterion
    self.tokensPerTask = tokensPerTask
    self.modulation = modulation
    self.keepsTokens = keepsTokens
    self.sharesTokens = sharesTokens
    self.freezesBackbone = freezesBackbone
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    guard let growth = state.growth else { return true }
    let layers = growth.modulatedLayers + growth.expandedLayers
    return layers.allSatisfy { (0..<10_000).contains($0) } && growth.tokensPerTask == tokensPerTask
      && [growth.modulatedLayers, growth.expandedLayers].allSatisfy { Set($0).count == $0.count }
  }

  /// Tasks have streams of their own after the growth.
  public var givesTasksFeatures: Bool { true }
  /// Tokens are those of a transformer.
  public var needsTransformer: Bool { true }

  /// Refuses a network without a transformer.
  public func check(_ network: any AdaptableNetwork) throws {
    guard network.transformer != nil else {
      throw MethodError(
        "dtme works on tokens: the network needs a transformer as its encoder")
    }
  }

  /// Lets the network grow at its moment, after a look at the training data.
  public mutating func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) throws -> AdaptationReport? {
    let due = min(Int((moment * Double(training.totalSteps)).rounded(.down)), training.totalSteps - 1)
    guard state.growth == nil, training.completedSteps >= due else { return nil }
    guard training.completedSteps == due else {
      throw MethodError(
        "dtme: the network was to grow after step \(due), but this one, of step \(training.completedSteps), has not: go on from an earlier checkpoint, or without dtme"
      )
    }
    try check(training)
    let start = ContinuousClock.now
    let analysis = try TokenAnalysis(tasks: training.tasks, ratio: ratio) {
      try training.forEachBatch(sampleCount: sampleCount, $0)
    }
    let countBefore = training.store.parameterCount
    let growth = growth(after: analysis, using: &generator)
    guard !growth.modulatedLayers.isEmpty || !growth.expandedLayers.isEmpty else {
      throw MethodError(
        "dtme: fractions of \(modulatedShare) and \(expandedShare) are no whole layer of \(analysis.layers.count): nothing would grow"
      )
    }
    state.growth = growth
    try rebuild(training)
    return .tokens(
      TokenAdaptationReport(
        analysis: analysis, growth: growth, parameterCountBefore: countBefore,
        parameterCountAfter: training.store.parameterCount, seconds: (ContinuousClock.now - start) / .seconds(1)))
  }

  /// Which layers grow.
  public func growth(after analysis: TokenAnalysis, using generator: inout SeededGenerator) -> TokenGrowth {
    TokenGrowth(
      modulatedLayers: chosen(analysis.layers.map(\.rangeConflictCount), modulatedShare, using: &generator),
      expandedLayers: chosen(analysis.layers.map(\.nullConflictCount), expandedShare, using: &generator),
      tokensPerTask: tokensPerTask, modulation: modulation, keepsTokens: keepsTokens, sharesTokens: sharesTokens)
  }

  /// - Parameter conflicts: of each layer; of equal ones, the first is chosen.
  private func chosen(_ conflicts: [Int], _ fraction: Double, using generator: inout SeededGenerator) -> [Int] {
    let count = Int((fraction * Double(conflicts.count)).rounded())
    let order: [Int] =
      switch criterion {
      case .most: conflicts.indices.sorted { (-conflicts[$0], $0) < (-conflicts[$1], $1) }
      case .least: conflicts.indices.sorted { (conflicts[$0], $0) < (conflicts[$1], $1) }
      case .random: conflicts.indices.shuffled(using: &generator)
      }
    return order.prefix(count).sorted()
  }

  /// Lets a fresh network grow as `state` says.
  public func rebuild(_ network: any AdaptableNetwork) throws {
    guard let growth = state.growth else { return }
    try check(network)
    let transformer = network.transformer!
    guard transformer.growth == nil else { throw MethodError("dtme: this transformer has grown already") }
    if let wrong = (growth.modulatedLayers + growth.expandedLayers).first(where: {
      !transformer.blocks.indices.contains($0)
    }) {
      throw MethodError("dtme: layer \(wrong) (from 0) grew, but this transformer has \(transformer.blocks.count)")
    }
    if freezesBackbone { network.store.freeze { $0.scope.reach == .everyTask } }
    transformer.grow(growth, tasks: network.tasks)
    network.store.layOut()
  }
}

extension TokenModulationAndExpansion {
  /// As the registry knows it.
  public static let entry = MethodEntry<any NetworkAdaptation>(
    "dtme", summary: "Grows modulators and tokens of tasks in the transformer layers where gradients conflict.",
    paper: "Dynamic Token Modulation and Expansion for Multi-Task Learning",
    parameters: [
      MethodParameter("modulated", .real(0...1), default: .number(0.5), "fraction of layers that get modulators"),
      MethodParameter("expanded", .real(0...1), default: .number(0.5), "fraction of layers that get tokens of tasks"),
      MethodParameter(
        "ratio", .real(1e-9...1e12), default: .number(100),
        "r: how much more of the tokens their range space holds than the null space"),
      MethodParameter("moment", .real(0...1), default: .number(0.25), "when, as a fraction of the training"),
      MethodParameter(
        "samples", .integer(1...1_000_000_000), default: .number(128), "of the training data, to look at"),
      MethodParameter(
        "criterion", .choice(Criterion.allCases.map(\.rawValue)), default: .text("most"),
        "whether the layers with most or least conflicts grow, or any; all but most are ablations"),
      MethodParameter("tokens", .integer(1...1024), default: .number(1), "for each task in each expanded layer"),
      MethodParameter(
        "modulator", .choice(TokenGrowth.Modulation.allCases.map(\.rawValue)), default: .text("affine"),
        "factor and offset for each channel, or batch normalization"),
      MethodParameter("keepTokens", .boolean, default: .text("false"), "whether tokens stay after their layer"),
      MethodParameter(
        "shareTokens", .boolean, default: .text("false"), "whether every task's stream has all tasks' tokens"),
      MethodParameter("freeze", .boolean, default: .text("false"), "whether what was shared before is trained no more"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    guard settings.number("modulated") + settings.number("expanded") > 0 else {
      throw MethodError("dtme: 'modulated' and 'expanded' are both 0: nothing would grow")
    }
    return TokenModulationAndExpansion(
      modulatedShare: settings.number("modulated"), expandedShare: settings.number("expanded"),
      ratio: settings.number("ratio"), moment: settings.number("moment"), sampleCount: settings.integer("samples"),
      criterion: settings.choice("criterion"), tokensPerTask: settings.integer("tokens"),
      modulation: settings.choice("modulator"), keepsTokens: settings.boolean("keepTokens"),
      sharesTokens: settings.boolean("shareTokens"), freezesBackbone: settings.boolean("freeze"))
  }
}
