/// Where the blocks of a transformer have parts that belong to tasks, and of what kind they are.
///
/// - Source: the paper on token modulation and expansion, section 4.3.
public struct TokenGrowth: Codable, Sendable, Equatable {
  public enum Modulation: String, Codable, Sendable, CaseIterable {
    /// A factor and an offset for each channel, the identity at first.
    case affine
    /// Batch normalization over all tokens.
    case batchNormalization = "batch-normalization"
  }

  /// The layers, from 0 and in order, whose tokens each task modulates before they enter.
  public var modulatedLayers: [Int]
  /// The layers, from 0 and in order, whose attention each task extends by tokens of its own.
  public var expandedLayers: [Int]
  /// How many tokens.
  public var tokensPerTask: Int
  public var modulation: Modulation
  /// Whether the tasks' tokens stay in the stream after their layer.
  public var keepsTokens: Bool
  /// Whether every task's stream has the tokens of all tasks, not only its own.
  public var sharesTokens: Bool

  public init(
    modulatedLayers: [Int], expandedLayers: [Int], tokensPerTask: Int = 1, modulation: Modulation = .affine,
    keepsTokens: Bool = false, sharesTokens: Bool = false
  ) {
    self.modulatedLayers = modulatedLayers.sorted()
    self.expandedLayers = expandedLayers.sorted()
    self.tokensPerTask = tokensPerTask
    self.modulation = modulation
    self.keepsTokens = keepsTokens
    self.sharesTokens = sharesTokens
  }

  /// From here on each task has a stream of its own; none where all share one to the end.
  public var firstSeparateLayer: Int? { modulatedLayers.first }

  /// Whether a task's tokens reach that task's stream alone.
  func hasOwnTokens(_ layer: Int) -> Bool {
    guard let first = firstSeparateLayer else { return false }
    return layer >= first && !sharesTokens
  }
}
