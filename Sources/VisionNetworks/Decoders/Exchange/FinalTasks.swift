import NeuralNetworks
import Support

/// The tasks that exchange features in decoders, and those among them that have a final prediction behind the exchange;
/// the others only have initial ones.
struct FinalTasks {
  /// Every task, in the network's order.
  let tasks: [String]
  private let names: Set<String>

  /// - Parameter names: the tasks with a final prediction; nil for all. No task, or an unknown one, stops the process.
  init(_ names: [String]?, among outputs: [TaskOutput]) {
    tasks = outputs.map(\.task)
    self.names = Set(names ?? tasks)
    require(
      !self.names.isEmpty && self.names.isSubset(of: tasks),
      "there are the tasks \(tasks), but those with a final prediction are \(self.names.sorted())")
  }

  /// Whether a task has a final prediction.
  func contains(_ task: String) -> Bool { names.contains(task) }

  /// The tasks whose losses reach the features with which a task enters the last exchange: the task by its initial
  /// prediction, and all that have a final one.
  func reach(ofFeaturesOf task: String) -> Reach {
    let reaching = names.union([task])
    return reaching.count == tasks.count ? .everyTask : .tasks(reaching)
  }
}
