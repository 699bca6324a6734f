import Support
import Torch

/// The network stays as it is.
public struct NoAdaptation: NetworkAdaptation {
  public init() {}

  public var givesTasksFeatures: Bool { false }
  public var needsTransformer: Bool { false }
  public func check(_ network: any AdaptableNetwork) {}
  public func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) -> AdaptationReport? { nil }
  public func rebuild(_ network: any AdaptableNetwork) {}
}

extension NoAdaptation {
  /// As the registry knows it.
  public static let entry = MethodEntry<any NetworkAdaptation>(
    "none", summary: "The network stays as it is.", paper: "the usual way"
  ) { _ in NoAdaptation() }
}
