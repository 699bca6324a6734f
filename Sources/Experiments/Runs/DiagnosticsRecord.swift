import MultitaskLearning

/// The diagnostics of the tasks' gradients in one step, as `metrics.jsonl` keeps them, in the order of the tasks.
public struct DiagnosticsRecord: Sendable, Codable, Equatable {
  /// The cosines of the tasks' gradients within a part of the network, or a map of features.
  public struct Module: Sendable, Codable, Equatable {
    /// The name of the part or map.
    public var name: String
    /// The cosines of the pairs of tasks (1, 0), (2, 0), (2, 1), ….
    public var cosines: [Double]
  }

  /// The level at which the gradients were taken.
  public var level: GradientLevel
  /// The gradient direction similarity: the mean cosine over pairs of tasks.
  public var gds: Double
  /// The gradient magnitude similarity: the mean over pairs of tasks.
  public var gms: Double
  /// Of a look at parameters, the direction similarity of the gradients with respect to the shared features; nil if tasks
  /// share none, for a look at features, and in runs of earlier versions.
  public var featureGDS: Double?
  /// The magnitude similarity of the same gradients; nil where ``featureGDS`` is.
  public var featureGMS: Double?
  /// The condition number of the gradient matrix; nil if its rows are dependent.
  public var conditionNumber: Double?
  /// How evenly the tasks use the shared features; nil if they share none.
  public var featureEntropy: Double?
  /// The fraction of the shared features that any task uses; nil if they share none, and in runs of earlier versions.
  public var usedFeatureFraction: Double?
  /// The cosines of all pairs of tasks, K×K.
  public var cosines: [[Double]]
  /// The norms of the gradients of the K weighted losses.
  public var gradientNorms: [Double]
  /// The cosines within each part of the network or, at the level of features, within each map of features.
  public var modules: [Module]

  init(_ diagnostics: GradientDiagnostics) {
    let gramian = diagnostics.gramian
    level = diagnostics.level
    gds = gramian.directionSimilarity
    gms = gramian.magnitudeSimilarity
    featureGDS = diagnostics.featureGramian?.directionSimilarity
    featureGMS = diagnostics.featureGramian?.magnitudeSimilarity
    conditionNumber = gramian.conditionNumber
    featureEntropy = diagnostics.featureEntropy
    usedFeatureFraction = diagnostics.usedFeatureFraction
    cosines = gramian.tasks.map { i in gramian.tasks.map { gramian.cosine(i, $0) } }
    gradientNorms = gramian.tasks.map(gramian.norm)
    modules = diagnostics.modules.map { Module(name: $0.name, cosines: $0.gramian.pairCosines) }
  }

  /// The numbers that are one each.
  var measures: [(name: String, value: Double?)] {
    [
      ("gds", gds), ("gms", gms), ("condition number", conditionNumber), ("feature entropy", featureEntropy),
      ("entropy of used features", usedFeatureEntropy), ("used features", usedFeatureFraction),
      ("gds at features", featureGDS), ("gms at features", featureGMS),
    ]
  }

  /// The mean entropy of those features that any task uses; nil if it is not known, or no feature is used.
  private var usedFeatureEntropy: Double? {
    guard let featureEntropy, let usedFeatureFraction, usedFeatureFraction > 0 else { return nil }
    return featureEntropy / usedFeatureFraction
  }

  /// Everything that is a number, with a name for TensorBoard.
  func scalars(tasks: [String]) -> [(String, Double)] {
    let pairs = tasks.indices.flatMap { i in
      (0..<i).map { ("cosine/\(tasks[$0])·\(tasks[i])", cosines[i][$0]) }
    }
    return measures.compactMap { name, value in value.map { ("gradients/\(name)", $0) } }
      + zip(tasks, gradientNorms).map { ("gradient norm/\($0)", $1) } + pairs
  }
}
