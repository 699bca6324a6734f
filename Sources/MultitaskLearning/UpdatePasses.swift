/// The passes through the network that the updates of a step need at least.
public enum UpdatePasses: Sendable, Hashable {
  /// One forward pass for all tasks, and a backward pass of the losses' sum, or one for each task if the method needs
  /// each task's gradient.
  case joint
  /// A forward pass for all tasks and a backward pass of the losses' sum in each update.
  case jointForEachUpdate
  /// A forward and a backward pass for each task by itself.
  case eachTask
}
