import Support

/// The sum of the gradients in a common length, which is nearest to that of the tasks that have come least far: the scaling of
/// RotoGrad. Without scaling, it is the plain sum.
///
/// With `n_i = ‖g_i‖` and `r_i = n_i / n_i(first step)`, the common length is `c = Σ α_i n_i`, `α = r / Σ r`, and the
/// direction `Σ c g_i / n_i`. The first norms are taken again at the step `burnIn`. The rotations of RotoGrad are a part of
/// the network; they need each task's gradient with respect to the features, which this aggregator makes a step compute.
///
/// - Source: Javaloy, Valera, *RotoGrad: Gradient Homogenization in Multitask Learning*, ICLR 2022, section 4.1.
public struct RotoGrad: GramianAggregator {
  /// The norms that lengths are compared with.
  public struct State: Codable, Sendable {
    /// The number of combinations so far.
    var steps = 0
    /// The first norms, one for each task; nil for a task without any, empty before the first step.
    var norms: [Double?] = []
  }

  /// Whether the gradients get a common length.
  public let scales: Bool
  /// The step, from 0, at which the first norms are taken again.
  public let burnIn: Int
  /// What the method has learned.
  public var state = State()

  /// With scaling, lengths are compared with those of the first step.
  public var remembersGradients: Bool { scales }

  static let burnIns = 0...1_000_000_000

  /// What a gradient's norm can be: from the root of the smallest number above zero on.
  private static let norms = Double.leastNonzeroMagnitude.squareRoot()..<1e150

  /// - Parameters:
  ///   - scales: whether the gradients get a common length.
  ///   - burnIn: the step, from 0, at which the first norms are taken again.
  public init(scales: Bool = true, burnIn: Int = 20) {
    require(Self.burnIns.contains(burnIn), "RotoGrad: burnIn is \(burnIn), but has to be in \(Self.burnIns)")
    self.scales = scales
    self.burnIn = burnIn
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.steps.isStepCount && [0, taskCount].contains(state.norms.count)
      && state.norms.compactMap { $0 }.allSatisfy { Self.norms.contains($0) }
  }

  /// The weights of the rows, from their inner products.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    guard scales else { return Vector(ones: gramian.taskCount) }
    if state.norms.isEmpty || state.steps == burnIn { state.norms = (0..<context.taskCount).map { _ in nil } }
    state.steps += 1
    let norms = gramian.norms
    // A task without a gradient neither has a length nor a say in the common one.
    let ratios = Vector(
      zip(context.tasks, norms).map { task, norm in
        guard norm > 0 else { return 0 }
        let first = state.norms[task] ?? norm
        state.norms[task] = first
        return norm / first
      })
    let sum = ratios.sum
    guard sum > 0 else { return Vector(zeros: gramian.taskCount) }
    let length = ratios.dot(norms) / sum
    return Vector(norms.map { $0 > 0 ? length / $0 : 0 })
  }

  /// As many times the gradient as there are tasks, in their common length.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension RotoGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "rotograd",
    summary: "The sum of gradients in a common length; at features that tasks see through rotations, RotoGrad.",
    paper: "Javaloy, Valera, RotoGrad: Gradient Homogenization in Multitask Learning, ICLR 2022",
    parameters: [
      MethodParameter("scaling", .boolean, default: .text("true"), "whether the gradients get a common length"),
      MethodParameter(
        "burnIn", .integer(burnIns), default: .number(20), "the step at which the first norms are taken again"),
    ]
  ) { settings in RotoGrad(scales: settings.boolean("scaling"), burnIn: settings.integer("burnIn")) }
}
