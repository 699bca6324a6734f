/// A look at the tasks' gradients, which changes nothing.
public struct GradientDiagnostics: Sendable, Equatable {
  /// Where the gradients were looked at.
  public let level: GradientLevel
  /// Of the weighted losses' gradients.
  public let gramian: Gramian
  /// The same within each part of the network, or each map of features.
  public let modules: [(name: String, gramian: Gramian)]
  /// The same within each layer; empty if layers were not asked for.
  public var layers: [(name: String, gramian: Gramian)] = []
  /// Of a look at parameters, the same with respect to the shared features; nil if tasks share none, and for a look at
  /// features.
  public var featureGramian: Gramian?
  /// How evenly the tasks use the features; nil if tasks share no features.
  public let featureEntropy: Double?
  /// The fraction of the features that any task uses; nil if tasks share no features.
  public let usedFeatureFraction: Double?

  /// Whether two looks saw the same.
  public static func == (a: GradientDiagnostics, b: GradientDiagnostics) -> Bool {
    a.level == b.level && a.gramian == b.gramian && a.featureGramian == b.featureGramian
      && a.featureEntropy == b.featureEntropy && a.usedFeatureFraction == b.usedFeatureFraction
      && a.modules.map(\.name) == b.modules.map(\.name) && a.modules.map(\.gramian) == b.modules.map(\.gramian)
      && a.layers.map(\.name) == b.layers.map(\.name) && a.layers.map(\.gramian) == b.layers.map(\.gramian)
  }
}
