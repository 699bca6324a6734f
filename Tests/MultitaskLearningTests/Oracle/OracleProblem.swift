import MultitaskLearning
import NeuralNetworks
import Torch

/// A tiny network with everything that a step treats in a way of its own: shared layers of which one may be frozen,
/// features that tasks share or not, parameters behind the features that all, some or one of the tasks reach, groups of
/// parameters with rules of their own, and labels that are spread unevenly or missing.
final class OracleProblem {
  struct Kind: Hashable, Sendable, CustomStringConvertible {
    /// Whether each task has features of its own.
    var isSeparate = false
    /// Whether all tasks reach parameters behind the features.
    var hasBehind = false
    /// Whether the first layer is trained no more: a frozen group.
    var isFrozen = false
    /// Whether a task is absent from the first step, and another from a part of every batch.
    var hasAbsent = false
    /// Whether groups of parameters have rates, decays and a rule of their own.
    var hasGroups = false

    var groups: OptimizerGroups {
      let frozen = isFrozen ? [OptimizerGroup("first", isFrozen: true)] : []
      guard hasGroups else { return OptimizerGroups(frozen) }
      let behind = hasBehind ? [OptimizerGroup("behind", optimizer: SGD(momentum: 0.5, weightDecay: 0.1))] : []
      return OptimizerGroups(
        frozen + behind + [
          OptimizerGroup("second", learningRateFactor: 0.5, weightDecay: 0.2),
          OptimizerGroup("both", optimizer: SGD(momentum: 0.25), learningRateFactor: 2, weightDecay: 0.3),
        ], decaysNormsAndBiases: false)
    }

    var description: String {
      [
        isSeparate ? "separate" : nil, hasBehind ? "behind" : nil, isFrozen ? "frozen" : nil,
        hasAbsent ? "absent" : nil,
        hasGroups ? "groups" : nil,
      ]
      .compactMap { $0 }.joined(separator: " ")
    }
  }

  static let tasks = ["a", "b", "c"]
  static let rowCount = 8
  static let width = 3

  let kind: Kind
  let store: ParameterStore
  private let first: Linear
  private let second: Linear
  private let scales: [Parameter]
  private let behind: Linear?
  private let both: Linear
  private let heads: [Linear]
  private let inputs: [Tensor]

  init(_ kind: Kind, dtype: DType) {
    self.kind = kind
    store = ParameterStore(seed: 7, dtype: dtype)
    let root = store.root
    first = Linear(root["first"].optimized(in: "first"), from: 4, to: Self.width)
    store.layOut()
    second = Linear(root["second"].optimized(in: "second"), from: Self.width, to: Self.width)
    scales =
      kind.isSeparate
      ? Self.tasks.map {
        root["scale", $0].reached(by: .task($0)).parameter("weight", [Self.width], .uniform(bound: 1))
      }
      : []
    behind =
      kind.hasBehind
      ? Linear(root["behind"].in(stage: .head).optimized(in: "behind"), from: Self.width, to: Self.width) : nil
    both = Linear(
      root["both"].reached(by: .tasks(["a", "b"])).optimized(in: "both"), from: Self.width, to: Self.width)
    heads = Self.tasks.map { Linear(root["head", $0].reached(by: .task($0)), from: Self.width, to: 2) }
    store.layOut(for: kind.groups)
    let generator = RandomGenerator(seed: 8)
    inputs = (0..<2).map { _ in generator.normal([Self.rowCount, 4]).to(dtype) }
  }

  /// The parameters, vector by vector.
  var values: [[Double]] { store.vectors.map { $0.values.array(of: Double.self) } }

  /// The rows of a batch in some number of parts.
  static func parts(_ count: Int) -> [Range<Int>] {
    let size = rowCount / count
    return (0..<count).map { ($0 * size)..<(($0 + 1) * size) }
  }

  /// The rows of a batch for which a task has labels.
  func labels(of task: Int, step: Int) -> Range<Int> {
    if kind.hasAbsent && task == 1 && step == 0 { return 0..<0 }
    if task == 2 { return kind.hasAbsent ? 0..<4 : 0..<5 }
    return 0..<Self.rowCount
  }

  func objective(_ rows: Range<Int> = 0..<OracleProblem.rowCount, step: Int) -> Objective {
    Objective(problem: self, rows: rows, step: step)
  }

  struct Objective: MultitaskObjective {
    let problem: OracleProblem
    let rows: Range<Int>
    let step: Int

    var tasks: [String] { OracleProblem.tasks }
    var featureKind: Features.Kind { problem.kind.isSeparate ? .byTask : .shared }
    var labelCounts: [Double] { tasks.indices.map { Double(labels(of: $0).count) } }

    private func labels(of task: Int) -> Range<Int> { problem.labels(of: task, step: step).clamped(to: rows) }

    func features(for tasks: [Int]) -> Features {
      let hidden = problem.first(problem.inputs[step][rows], .evaluation).tanh()
      let features = problem.second(hidden, .evaluation).tanh()
      guard problem.kind.isSeparate else { return .shared([features]) }
      return .byTask(Dictionary(uniqueKeysWithValues: tasks.map { ($0, [features * problem.scales[$0].value]) }))
    }

    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { task in
        var z = features.maps(of: task)[0]
        let labels = labels(of: task)
        z = z[(labels.lowerBound - rows.lowerBound)..<(labels.upperBound - rows.lowerBound)]
        if let behind = problem.behind { z = behind(z, .evaluation).tanh() }
        if task < 2 { z = problem.both(z, .evaluation) }
        return (problem.heads[task](z, .evaluation) - (Double(task) - 1.3)).squared().mean()
      }
    }
  }
}
