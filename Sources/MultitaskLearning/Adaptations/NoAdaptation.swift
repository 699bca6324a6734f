import Support
import Torch

/// The network stays as it is.
public struct NoAdaptation: NetworkAdaptation {
  /// The adaptation has no parameters.
  public init() {}

  /// Features stay as they are.
  public var givesTasksFeatures: Bool { false }
  /// Any network will do.
  public var needsTransformer: Bool { false }
  /// Every network will do.
  public func check(_ network: any AdaptableNetwork) {}
  /// Changes nothing.
  public func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) -> AdaptationReport? { nil }
  /// Changes nothing.
  public func rebuild(_ network: any AdaptableNetwork) {}
}

extension NoAdaptation {
  /// As the registry knows it.
  public static let entry = MethodEntry<any NetworkAdaptation>(
    "none", summary: "The network stays as it is.", paper: "the usual way"
  ) { _ in NoAdaptation() }
}
