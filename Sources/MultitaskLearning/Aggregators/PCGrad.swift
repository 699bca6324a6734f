import Support

/// Gradient surgery: a task's gradient loses the part that opposes another task's gradient.
///
/// Each `g_i` is projected, in random order, onto the normal plane of every `g_j` it conflicts with; the direction is the
/// sum of the results. In the basis of the original gradients, a projection changes one coordinate, so that the Gramian is
/// enough.
///
/// - Source: Yu et al., *Gradient Surgery for Multi-Task Learning*, NeurIPS 2020, algorithm 1.
public struct PCGrad: GramianAggregator {
  /// The order in which a gradient meets the others.
  public var order: TaskOrder

  /// - Parameter order: the order in which a gradient meets the others.
  public init(order: TaskOrder = .random) { self.order = order }

  /// The weights of the rows, from their inner products.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    var sum = Vector(zeros: gramian.taskCount)
    for i in gramian.tasks {
      var projected = gramian.unit(i)
      for j in order.others(than: i, in: gramian.tasks, using: &context.generator) {
        let product = gramian.product(projected, j)
        // A product of tiny rows may be below zero where the squared norm already is too small for a number.
        if product < 0 && gramian[j, j] > 0 { projected[j] -= product / gramian[j, j] }
      }
      sum += projected
    }
    return sum
  }

  /// As many times the gradient as there are tasks: there is no conflict.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension PCGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "pcgrad", summary: "Projects conflicting gradients onto each other's normal planes.",
    paper: "Yu et al., Gradient Surgery for Multi-Task Learning, NeurIPS 2020",
    parameters: [
      MethodParameter(
        "order", .choice(TaskOrder.allCases.map(\.rawValue)), default: .text("random"),
        "the order in which a gradient meets the others")
    ]
  ) { settings in PCGrad(order: settings.choice("order")) }
}
