import NeuralNetworks
import Torch

/// Which tasks' losses reach which parameters, and on which side of the features, as the recorded graphs say, beside what
/// the network declared.
///
/// A parameter of a wrong scope would get a wrong gradient, or none, without a word.
final class ReachLedger {
  private var parameters: [Parameter] = []
  /// The layout that was looked at: a network that grew is looked at anew.
  private var vectors: [ParameterVector] = []
  /// Of each task that was seen, whether its loss reaches each parameter.
  private var reached: [Int: [Bool]] = [:]
  /// The same without going through the shared features; empty where there are none.
  private var reachedBehind: [Int: [Bool]] = [:]
  /// Whether the shared features reach each parameter; empty where there are none.
  private var reachedBefore: [Bool] = []

  /// The tasks whose graphs were not looked at yet.
  func unseen(_ tasks: [Int], in store: ParameterStore) -> [Int] {
    let current = store.vectors
    if current.count != vectors.count || zip(current, vectors).contains(where: { $0 !== $1 }) {
      vectors = current
      parameters = current.flatMap(\.parameters)
      (reached, reachedBehind, reachedBefore) = ([:], [:], [])
    }
    return tasks.filter { reached[$0] == nil }
  }

  /// Looks at the graphs of a pass.
  ///
  /// - Throws: ``MethodError`` naming a parameter whose declared scope the graph contradicts, or a task without any
  ///   parameter that is trained.
  func look(at pass: ForwardPass, tasks names: [String]) throws {
    let leaves = parameters.map(\.value)
    let features = pass.sharedFeatures
    if !features.isEmpty { reachedBefore = reachedLeaves(of: features, among: leaves) }
    for (task, loss) in zip(pass.tasks, pass.losses) where reached[task] == nil {
      let own = reachedLeaves(of: [loss], among: leaves)
      // Behind a cut, a loss reaches what the features reach.
      reached[task] = pass.graph == .cut ? zip(own, reachedBefore).map { $0 || $1 } : own
      if !features.isEmpty { reachedBehind[task] = reachedLeaves(of: [loss], among: leaves, upTo: features) }
    }
    let seen = reached.keys.sorted()
    for (index, parameter) in parameters.enumerated() {
      try compareReach(of: parameter, index, seen, names)
      if !reachedBefore.isEmpty, parameter.scope.reach == .everyTask { try compareStage(of: parameter, index, names) }
    }
    try requireTraining(of: seen, names)
  }

  private func compareReach(of parameter: Parameter, _ index: Int, _ seen: [Int], _ names: [String]) throws {
    let reaching = seen.filter { reached[$0]![index] }
    let reach = parameter.scope.reach
    let undeclared = reaching.filter { !reach.includes(names[$0]) }
    if !undeclared.isEmpty {
      throw MethodError(
        "the parameter '\(parameter.name)' is declared as reached by \(reach), but the losses of \(Self.list(undeclared, names)) reach it, too"
      )
    }
    if case .tasks(let declared) = reach, names.count > 1, declared.isSuperset(of: names) {
      throw MethodError(
        "the parameter '\(parameter.name)' is declared as reached by \(reach), which are all tasks: that is `Reach.everyTask`, whose gradients are columns of G"
      )
    }
    if reach == .everyTask, !reaching.isEmpty, reaching.count < seen.count {
      throw MethodError(
        "the parameter '\(parameter.name)' is declared as reached by every task, but of the losses of \(Self.list(seen, names)) only those of \(Self.list(reaching, names)) reach it: register it on a path that says so, such as path.reached(by: .task(\"\(names[reaching[0]])\"))"
      )
    }
  }

  private func compareStage(of parameter: Parameter, _ index: Int, _ names: [String]) throws {
    let behind = reachedBehind.keys.sorted().filter { reachedBehind[$0]![index] }
    let declared =
      "the parameter '\(parameter.name)' is declared as one of the \(parameter.scope.stage), which lies"
      + (parameter.scope.stage == .trunk ? " before the shared features" : " behind the shared features")
    switch (parameter.scope.stage, reachedBefore[index], behind.isEmpty) {
    case (_, true, false):
      throw MethodError(
        "\(declared), but the losses of \(Self.list(behind, names)) reach it both through the features and behind them: the features have to be taken where the network has used the parameter for the last time, or each side needs a parameter of its own"
      )
    case (.trunk, false, false):
      throw MethodError(
        "\(declared), but the losses of \(Self.list(behind, names)) reach it behind them: register it on a path that says so, path.in(stage: .head)"
      )
    case (.head, true, true):
      throw MethodError(
        "\(declared), but the features are computed with it: register it on a path of the trunk, without in(stage: .head)"
      )
    default: break
    }
  }

  private func requireTraining(of seen: [Int], _ names: [String]) throws {
    guard let task = seen.first(where: { !vectors.trains(names[$0]) }) else { return }
    throw MethodError(
      "everything that the loss of '\(names[task])' reaches is frozen: at least one parameter has to be trained")
  }

  private static func list(_ tasks: [Int], _ names: [String]) -> String {
    tasks.map { "'\(names[$0])'" }.joined(separator: ", ")
  }
}

extension [ParameterVector] {
  /// Whether anything is trained that a task's loss reaches.
  package func trains(_ task: String) -> Bool {
    contains { $0.reach.includes(task) && !$0.trainedIndices.isEmpty }
  }
}
