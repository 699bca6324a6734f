import MultitaskLearning
import Support

/// Makes a workload from a configuration, in which `workload` names its entry.
public protocol WorkloadFactory: Sendable {
  /// What reports call the network; defaults to the workload's name.
  func networkName(_ configuration: Configuration) -> String

  /// Finds what is wrong with a configuration before anything is built; defaults to nothing.
  func check(_ configuration: Configuration) throws

  /// Makes a workload for a training, with data, and with pretrained weights if the configuration names some.
  ///
  /// - Throws: whatever is wrong with the configuration, the data or the weights.
  func make(_ configuration: Configuration) throws -> any Workload

  /// Makes a workload for the use of a run's network, whose weights are loaded next. It needs no data until an
  /// evaluation asks for them.
  ///
  /// - Throws: `FileError` if the folder does not hold what the run has kept.
  func restore(_ configuration: Configuration, from folder: RunFolder) throws -> any Workload
}

extension WorkloadFactory {
  /// Returns the name of the workload.
  public func networkName(_ configuration: Configuration) -> String { configuration.workload.name }
  /// Accepts every configuration.
  public func check(_ configuration: Configuration) throws {}
}

/// The kinds of workloads by name. A user of the library adds others with `try WorkloadRegistry.shared.add(entry)`.
public enum WorkloadRegistry {
  /// The registry of this process, with the workloads `pixels` and `attributes` from the start.
  public static let shared = Registry<MethodEntry<any WorkloadFactory>>(
    "workload", [PixelWorkload.entry, AttributeWorkload.entry])

  /// - Throws: ``RegistryError`` or `MethodError` for a name or a parameter that does not exist.
  static func factory(of configuration: Configuration) throws -> any WorkloadFactory {
    try shared.require(configuration.workload.name)
      .make(
        configuration.workload.settings, tasks: configuration.data.tasks, totalSteps: configuration.training.steps)
  }
}
