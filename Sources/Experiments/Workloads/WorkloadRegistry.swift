import MultitaskLearning
import Support
import VisionNetworks

/// Makes a workload from a configuration, in which `workload` names its entry.
public protocol WorkloadFactory: Sendable {
  /// What reports call the network; defaults to the workload's name.
  func networkName(_ configuration: Configuration) -> String

  /// Returns the names of the losses, for which the method is made; defaults to `data.tasks`.
  ///
  /// - Parameter configuration: a configuration of which each field is allowed by itself.
  /// - Throws: ``ConfigurationError`` for names that cannot be the network's.
  func tasks(_ configuration: Configuration) throws -> [String]

  /// The scale of the workload's methods where `method.scale` is `automatic`; defaults to `MethodScale/native`.
  var methodScale: MethodScale { get }

  /// The metrics of a task by which a study compares methods; nil, the default, for the one that the task is judged by.
  func comparedMetrics(of task: String) -> [String]?

  /// The difference of two such metrics that counts as none in a study, whatever their deviations; defaults to 0.
  var negligibleDifference: Double { get }

  /// Whether a study can train a network for each task of `data.tasks` alone; defaults to true.
  var hasSingleTaskRuns: Bool { get }

  /// Finds what is wrong with a configuration before anything is built; defaults to nothing.
  func check(_ resolved: ResolvedConfiguration) throws

  /// Returns the cost of the network that a configuration describes, which is not built, for one image.
  ///
  /// - Returns: nil, by default, if the network does not take images alone.
  /// - Throws: `NetworkError` for sides that the network cannot take, and what is wrong with the configuration.
  func cost(_ resolved: ResolvedConfiguration, height: Int?, width: Int?) throws -> NetworkCost?

  /// Makes a workload for a training, with data, and with pretrained weights if the configuration names some.
  ///
  /// - Throws: whatever is wrong with the configuration, the data or the weights.
  func make(_ resolved: ResolvedConfiguration) throws -> any Workload

  /// Makes a workload for the use of a run's network, whose weights are loaded next. It needs no data until an
  /// evaluation asks for them.
  ///
  /// - Throws: `FileError` if the folder does not hold what the run has kept.
  func restore(_ resolved: ResolvedConfiguration, from folder: RunFolder) throws -> any Workload
}

extension WorkloadFactory {
  /// Returns the name of the workload.
  public func networkName(_ configuration: Configuration) -> String { configuration.workload.name }
  /// Returns `data.tasks`.
  public func tasks(_ configuration: Configuration) throws -> [String] { configuration.data.tasks }
  /// Returns nil: the network is not counted.
  public func cost(_ resolved: ResolvedConfiguration, height: Int?, width: Int?) throws -> NetworkCost? { nil }
  /// Each method has the scale in which it was published.
  public var methodScale: MethodScale { .native }
  /// The metric that the task is judged by.
  public func comparedMetrics(of task: String) -> [String]? { nil }
  /// Every difference counts that is larger than the deviations.
  public var negligibleDifference: Double { 0 }
  /// True: each task of `data.tasks` can be trained alone.
  public var hasSingleTaskRuns: Bool { true }
  /// Accepts every configuration.
  public func check(_ resolved: ResolvedConfiguration) throws {}
}

/// The kinds of workloads by name. A user of the library adds others with `try WorkloadRegistry.shared.add(entry)`.
public enum WorkloadRegistry {
  /// The registry of this process, with the workloads `pixels`, `attributes` and `detection` from the start.
  public static let shared = Registry<MethodEntry<any WorkloadFactory>>(
    "workload", [PixelWorkload.entry, AttributeWorkload.entry, DetectionWorkload.entry])

  /// - Throws: ``RegistryError`` or `MethodError` for a name or a parameter that does not exist.
  static func factory(of configuration: Configuration) throws -> any WorkloadFactory {
    try shared.require(configuration.workload.name)
      .make(
        configuration.workload.settings, tasks: configuration.data.tasks, totalSteps: configuration.training.steps)
  }
}
