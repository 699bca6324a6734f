import MultitaskLearning

/// A look at the tasks' gradients, as `metrics.jsonl` keeps it. Tasks are in the configuration's order.
public struct DiagnosticsRecord: Sendable, Codable, Equatable {
  /// A part of the network, and how the tasks' gradients agree there.
  public struct Module: Sendable, Codable, Equatable {
    /// The part's name.
    public var name: String
    /// Of the pairs (1, 0), (2, 0), (2, 1), ….
    public var cosines: [Double]
  }

  /// What the gradients were taken with respect to.
  public var level: GradientLevel
  /// The mean cosine over pairs.
  public var gds: Double
  /// The mean similarity of norms over pairs.
  public var gms: Double
  /// Of the gradient matrix; none where its rows are dependent.
  public var conditionNumber: Double?
  /// How evenly the tasks use the shared features.
  public var featureEntropy: Double?
  /// K×K.
  public var cosines: [[Double]]
  /// The norm of each task's gradient.
  public var gradientNorms: [Double]
  /// The parts of the network, in order.
  public var modules: [Module]

  init(_ diagnostics: GradientDiagnostics) {
    let gramian = diagnostics.gramian
    level = diagnostics.level
    gds = gramian.directionSimilarity
    gms = gramian.magnitudeSimilarity
    conditionNumber = gramian.conditionNumber
    featureEntropy = diagnostics.featureEntropy
    cosines = gramian.tasks.map { i in gramian.tasks.map { gramian.cosine(i, $0) } }
    gradientNorms = gramian.tasks.map(gramian.norm)
    modules = diagnostics.modules.map { Module(name: $0.name, cosines: $0.gramian.pairCosines) }
  }

  /// The numbers that are one each.
  var measures: [(name: String, value: Double?)] {
    [("gds", gds), ("gms", gms), ("condition number", conditionNumber), ("feature entropy", featureEntropy)]
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
