/// The places in a transformer where its blocks have parts that belong to tasks, and the kind of these parts.
///
/// - Source: *Dynamic Token Modulation and Expansion for Multi-Task Learning*, section 4.3.
public struct TokenGrowth: Codable, Sendable, Equatable {
  /// A task's function of the tokens that enter a layer.
  public enum Modulation: String, Codable, Sendable, CaseIterable {
    /// A factor and an offset for each channel, which are the identity at first.
    case affine
    /// A batch normalization of each channel over all samples and tokens.
    case batchNormalization = "batch-normalization"
  }

  /// The layers, from 0 and in order, whose tokens each task modulates before they enter.
  public var modulatedLayers: [Int]
  /// The layers, from 0 and in order, whose attention each task extends by tokens of its own.
  public var expandedLayers: [Int]
  /// The number of tokens that each task adds to each of the expanded layers.
  public var tokensPerTask: Int
  /// The kind of the modulators.
  public var modulation: Modulation
  /// Whether the tasks' tokens stay in the stream after their layer.
  public var keepsTokens: Bool
  /// Whether every task's stream has the tokens of all tasks, not only its own.
  public var sharesTokens: Bool

  /// Creates a growth from layers in any order.
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

  /// The first layer at which each task has a stream of its own; nil if all tasks share one to the end.
  public var firstSeparateLayer: Int? { modulatedLayers.first }

  /// Returns whether a task's tokens at a layer reach that task's stream alone.
  func hasOwnTokens(_ layer: Int) -> Bool {
    guard let first = firstSeparateLayer else { return false }
    return layer >= first && !sharesTokens
  }
}
