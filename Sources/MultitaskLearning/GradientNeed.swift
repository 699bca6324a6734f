/// What a method needs of the tasks' gradients, from the cheapest to the dearest.
public enum GradientNeed: Int, Sendable, Comparable, CaseIterable {
  /// The gradient of a weighted sum of the losses: one backward pass for all tasks.
  case weightedSum
  /// The inner products of all tasks' gradients, K×K, and combinations of the gradients.
  case gramian
  /// Inner products within ranges of parameters, and combinations of the gradients there.
  case segments
  /// Single elements of the gradients.
  case elements
  /// The gradients of functions of the gradients.
  case secondOrder

  public static func < (a: GradientNeed, b: GradientNeed) -> Bool { a.rawValue < b.rawValue }
}
