import NeuralNetworks
import Torch

/// Which tasks' losses reach which parameters, as the recorded graphs say, beside what the network declared.
///
/// A parameter whose owner was forgotten would get a wrong gradient, or none, without a word.
final class ReachLedger {
  private var parameters: [Parameter] = []
  /// The layout that was looked at: a network that grew is looked at anew.
  private var vectors: [ParameterVector] = []
  /// Of each task that was seen, whether its loss reaches each parameter.
  private var reached: [Int: [Bool]] = [:]

  /// The tasks whose graphs were not looked at yet.
  func unseen(_ tasks: [Int], in store: ParameterStore) -> [Int] {
    let current = store.vectors
    if current.count != vectors.count || zip(current, vectors).contains(where: { $0 !== $1 }) {
      vectors = current
      parameters = current.flatMap(\.parameters)
      reached = [:]
    }
    return tasks.filter { reached[$0] == nil }
  }

  /// Looks at the graphs of a pass.
  ///
  /// - Throws: ``MethodError`` naming a parameter whose declared owner the graph contradicts.
  func look(at pass: ForwardPass, tasks names: [String]) throws {
    let leaves = parameters.map(\.value)
    // Behind a cut, a loss reaches what the features reach.
    let before = pass.leaves.isEmpty ? nil : reachedLeaves(of: pass.features, among: leaves)
    for (task, loss) in zip(pass.tasks, pass.losses) where reached[task] == nil {
      let own = reachedLeaves(of: [loss], among: leaves)
      reached[task] = before.map { zip(own, $0).map { $0 || $1 } } ?? own
    }
    try compare(names)
  }

  private func compare(_ names: [String]) throws {
    let seen = reached.keys.sorted()
    for (index, parameter) in parameters.enumerated() {
      let reaching = seen.filter { reached[$0]![index] }
      let undeclared = reaching.filter { !parameter.owner.includes(names[$0]) }
      if !undeclared.isEmpty {
        throw MethodError(
          "the parameter '\(parameter.name)' is declared as owned by \(parameter.owner), but the losses of \(Self.list(undeclared, names)) reach it, too"
        )
      }
      if parameter.owner == .shared, !reaching.isEmpty, reaching.count < seen.count {
        throw MethodError(
          "the parameter '\(parameter.name)' is declared as shared by all tasks, but of the losses of \(Self.list(seen, names)) only those of \(Self.list(reaching, names)) reach it: register it on a path that is owned by these tasks, such as path.owned(by: .task(\"\(names[reaching[0]])\"))"
        )
      }
    }
  }

  private static func list(_ tasks: [Int], _ names: [String]) -> String {
    tasks.map { "'\(names[$0])'" }.joined(separator: ", ")
  }
}
