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
  /// The inner products of the gradients of independent batches.
  case independentBatches
  /// The gradients of functions of the gradients.
  case secondOrder

  /// Whether the first need is the cheaper one.
  public static func < (a: GradientNeed, b: GradientNeed) -> Bool { a.rawValue < b.rawValue }

  /// What is needed, for errors.
  var phrase: String {
    switch self {
    case .weightedSum: "nothing but the sum of the gradients"
    case .gramian: "the inner products of the gradients"
    case .segments: "the inner products of the gradients within parts of the network"
    case .elements: "single elements of the gradients"
    case .independentBatches: "the gradients of independent batches"
    case .secondOrder: "the derivatives of the gradients"
    }
  }
}
