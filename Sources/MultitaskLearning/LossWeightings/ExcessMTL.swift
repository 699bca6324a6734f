import Support
import Torch

/// Tasks that are far from converged count more: the weights grow with an estimate of each task's excess risk, how much of
/// its loss training can still remove. Noise in a task's labels does not raise it.
///
/// The estimate is `E_k = Σ g_k² / √(S_k + 10⁻⁷)`, S_k being the sum of the squared gradients so far, element by element.
/// Divided by its mean over a warm-up, it raises a logit, `ℓ_k ← ℓ_k + η E_k / E⁰_k`; the weights are K softmax(ℓ). They are
/// those of the step whose gradients were looked at: a step takes one more forward pass and a backward pass for each task
/// before its own. K·d numbers are kept from step to step.
///
/// - Source: He et al., *Robust Multi-Task Learning with Excess Risks*, ICML 2024, equations 6 to 9. There, the warm-up takes
///   three epochs. A task whose estimates were zero in the warm-up takes its first one above zero as E⁰.
public struct ExcessMTL: LossWeighting {
  /// What the weights add up to.
  public enum Sum: String, Sendable, CaseIterable {
    /// The number of the tasks.
    case tasks
    /// One.
    case one
  }

  /// What is known of each task besides S; the sums S themselves are in ``tensors``. Lists are empty before the first step.
  public struct State: Codable, Sendable {
    /// ℓ.
    var logits: [Double] = []
    /// How often each task was seen.
    var counts: [Int] = []
    /// The sums of the estimates over the warm-up.
    var sums: [Double] = []
    /// E⁰; nil before it is known.
    var baselines: [Double?] = []
  }

  /// How fast the weights follow, η.
  public let stepSize: Double
  /// For how many steps the weights stay equal and estimates are averaged; 0 and 1 are the same.
  public let warmup: Int
  /// What the weights add up to.
  public let sum: Sum
  /// What the method has learned, besides the sums of squares.
  public var state = State()
  /// S of the tasks that were seen.
  private var squares: [Int: Tensor] = [:]

  static let stepSizes = 0.0...1e6
  static let warmups = 0...1_000_000_000

  /// What is looked at together, in elements.
  private static let length = 1 << 18

  /// - Parameters:
  ///   - stepSize: how fast the weights follow, from 0 to a million.
  ///   - warmup: for how many steps the weights stay equal, at least 0.
  ///   - sum: what the weights add up to.
  public init(stepSize: Double = 1e-2, warmup: Int = 0, sum: Sum = .tasks) {
    require(
      Self.stepSizes.contains(stepSize), "ExcessMTL: stepSize is \(stepSize), but has to be in \(Self.stepSizes)")
    require(Self.warmups.contains(warmup), "ExcessMTL: warmup is \(warmup), but has to be at least 0")
    self.stepSize = stepSize
    self.warmup = warmup
    self.sum = sum
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }
  /// The weights are those of the gradients of the step.
  public var weighsByGradients: Bool { true }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    let lists = [state.logits.count, state.counts.count, state.sums.count, state.baselines.count]
    return lists.allSatisfy { $0 == lists[0] } && [0, taskCount].contains(lists[0]) && state.logits.areModerate
      && state.counts.allSatisfy(\.isStepCount) && state.sums.areModerate && state.sums.allSatisfy { $0 >= 0 }
      && state.baselines.compactMap { $0 }.arePositive
  }

  /// The sums of squares by name.
  public var tensors: [(name: String, tensor: Tensor)] {
    squares.sorted { $0.key < $1.key }.map { ("squares.\($0.key)", $0.value) }
  }

  /// Takes the sums of squares of a checkpoint.
  public mutating func restore(tensors: [String: Tensor]) throws {
    squares = [:]
    for task in state.counts.indices where state.counts[task] > 0 {
      squares[task] = try tensors.vector("squares.\(task)")
    }
  }

  /// The last weights.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    weights(of: losses.present, count: losses.count)
  }

  /// Learns from the gradients of a step, and weighs its losses.
  public mutating func weights(
    for losses: [Double?], gradients: any ElementwiseGradients, using generator: inout SeededGenerator
  ) -> [Double] {
    let present = losses.present
    if state.logits.count != losses.count { state = Self.start(losses.count) }
    for (task, excess) in zip(present, excesses(of: gradients, present)) where excess.isFinite {
      learn(excess, of: task)
    }
    return weights(of: present, count: losses.count)
  }

  private static func start(_ count: Int) -> State {
    let zeros = [Double](repeating: 0, count: count)
    return State(
      logits: zeros, counts: [Int](repeating: 0, count: count), sums: zeros,
      baselines: [Double?](repeating: nil, count: count))
  }

  private func weights(of present: [Int], count: Int) -> [Double] {
    guard state.logits.count == count else {
      return spread(present.map { _ in total(present) / Double(present.count) }, over: present, count: count).orZeros
    }
    let fractions = softmax(present.map { state.logits[$0] })
    return spread(total(present) * fractions, over: present, count: count).orZeros
  }

  private func total(_ present: [Int]) -> Double { sum == .tasks ? Double(present.count) : 1 }

  private mutating func learn(_ excess: Double, of task: Int) {
    state.counts[task] += 1
    if let baseline = state.baselines[task] {
      // Beyond this, a softmax tells no differences, and numbers would leave float64.
      state.logits[task] = min(1e12, state.logits[task] + stepSize * excess / (baseline + 1e-7))
      return
    }
    state.sums[task] += excess
    let seen = state.counts[task]
    guard seen >= warmup, state.sums[task] > 0 else { return }
    // With a warm-up of zeros, the first estimate above zero.
    state.baselines[task] = state.sums[task] / Double(seen > max(1, warmup) ? 1 : seen)
  }

  /// Adds the squares of a step's gradients to S, a part of the elements at a time.
  ///
  /// - Returns: E of each row.
  private mutating func excesses(of gradients: any ElementwiseGradients, _ tasks: [Int]) -> [Double] {
    if squares.values.contains(where: { $0.count != gradients.width }) { squares = [:] }
    var excesses = tasks.map { _ in 0.0 }
    var new: [Tensor] = []
    withoutGradients {
      let empty = gradients.makeDirection()
      new = tasks.map { task in
        squares[task]?.to(empty.dtype).to(empty.device).copied() ?? empty.zerosLike()
      }
      for columns in (0..<gradients.width).pieces(of: Self.length) {
        let parts = gradients.rows(in: columns).squared()
        for row in tasks.indices {
          let sum = new[row][columns]
          sum.add(inPlace: parts[row])
          excesses[row] += (parts[row] / (sum + 1e-7).sqrt()).sum().item
        }
      }
    }
    for (task, sum) in zip(tasks, new) { squares[task] = sum }
    return excesses
  }

  /// One for each task on average, or one in all.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { total(tasks) }
}

extension ExcessMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "excess-mtl", summary: "Tasks far from converged count more; two forward passes and a backward pass for each task.",
    paper: "He et al., Robust Multi-Task Learning with Excess Risks, ICML 2024",
    parameters: [
      MethodParameter("stepSize", .real(stepSizes), default: .number(1e-2), "how fast the weights follow"),
      MethodParameter(
        "warmup", .integer(warmups), default: .number(0),
        "steps of equal weights, over which estimates are averaged that later ones are compared with"),
      MethodParameter(
        "sum", .choice(Sum.allCases.map(\.rawValue)), default: .text("tasks"),
        "what the weights add up to: the number of tasks, or one"),
    ]
  ) { settings in
    ExcessMTL(
      stepSize: settings.number("stepSize"), warmup: settings.integer("warmup"), sum: settings.choice("sum"))
  }
}
