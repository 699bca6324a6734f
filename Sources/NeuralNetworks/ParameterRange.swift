/// Elements of a ``ParameterVector`` that an optimizer treats alike: the parameters of one stage and one group that came at
/// the same time.
public struct ParameterRange: Hashable, Sendable {
  /// What the parameters of a range have in common.
  struct Kind: Hashable, Sendable {
    var generation: Int
    var stage: ParameterScope.Stage
    var group: String
    var isFrozen: Bool
    var isDecayed: Bool
  }

  /// The range's part of the vector.
  public let elements: Range<Int>
  let kind: Kind

  /// When the parameters came: 0 for those of the first layout, one more with each growth. What is new starts as everything
  /// started: optimizers count the steps of each range.
  public var generation: Int { kind.generation }
  /// The side of the features that the range lies on.
  public var stage: ParameterScope.Stage { kind.stage }
  /// The name of the optimizer group.
  public var group: String { kind.group }
  /// Whether the parameters are trained no more: optimizers leave them, and what is kept for them, as they are.
  public var isFrozen: Bool { kind.isFrozen }
  /// Whether weight decay may act on the parameters.
  public var isDecayed: Bool { kind.isDecayed }
}
