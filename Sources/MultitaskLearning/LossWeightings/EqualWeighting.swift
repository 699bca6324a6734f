import Support

/// Every loss counts once.
public struct EqualWeighting: LossWeighting {
  /// The method has no parameters.
  public init() {}

  public var weighsByLosses: Bool { false }

  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    losses.map { _ in 1 }
  }
}

extension EqualWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "equal", summary: "Every loss counts once.", paper: "the baseline of every paper"
  ) { _ in EqualWeighting() }
}
