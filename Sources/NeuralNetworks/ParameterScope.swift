/// The declaration that a network makes where it registers a parameter: whose losses reach it, on which side of the
/// features it lies, and how it is optimized.
///
/// A parameter is a column of the tasks' gradient matrix G if every task reaches it and either gradients are taken with
/// respect to parameters, or the parameter belongs to the trunk. All others follow the weighted sum of the losses that
/// reach them.
public struct ParameterScope: Hashable, Sendable {
  /// The side of the features Z that a parameter lies on.
  public enum Stage: Hashable, Sendable, CaseIterable {
    /// Before the features: these are computed with the parameter.
    case trunk
    /// Behind the features: the losses are computed from these with the parameter.
    case head
  }

  /// The tasks whose losses reach the parameter.
  public var reach: Reach
  /// Where the parameter lies; in a network without shared features it does not matter.
  public var stage: Stage
  /// The name of the optimizer group: see ``OptimizerGroups``.
  public var group: String

  /// The group of parameters that are put into no other.
  public static let defaultGroup = "default"

  /// Creates a scope; by default, that of a parameter in the trunk that every task reaches.
  public init(reach: Reach = .everyTask, stage: Stage = .trunk, group: String = ParameterScope.defaultGroup) {
    self.reach = reach
    self.stage = stage
    self.group = group
  }
}
