import Foundation
import MultitaskLearning
import Support
import Torch
import VisionData

/// A configuration whose parts were found by their names and checked, once: what a training, an evaluation and a study
/// are made of.
///
/// A value exists only if the fields are allowed and the parts go together. What only networks of images have (the
/// encoder, the tasks of a data set, the preparation of samples) is resolved by the workloads about images.
public struct ResolvedConfiguration {
  /// The configuration that was resolved.
  public let configuration: Configuration
  /// The names of the losses for which ``method`` was made.
  public let tasks: [String]
  /// The multi-task method in its initial state.
  public let method: MultitaskMethod
  /// The device that holds the tensors.
  public let device: Device
  /// The number of threads of libtorch's kernels, at least 1.
  public let threadCount: Int

  let factory: any WorkloadFactory
  let optimizer: OptimizerPlan
  let dataset: NamedDataset

  /// Finds the parts of a configuration, and checks them.
  ///
  /// - Throws: ``ConfigurationError`` for a field or a combination that is not allowed, `RegistryError` (Support) for a
  ///   workload that does not exist, `MethodError` for a method or parameter that does not exist or is not allowed, and
  ///   `TorchError` for a device that is not there.
  public init(_ configuration: Configuration) throws {
    try self.init(configuration, on: NamedDataset(configuration.data))
  }

  /// - Parameter dataset: the data that the configuration names, which several configurations may share.
  init(_ configuration: Configuration, on dataset: NamedDataset) throws {
    try configuration.checkFields()
    require(dataset.data == configuration.data, "a configuration is resolved with the data set of another one")
    self.configuration = configuration
    self.dataset = dataset
    factory = try WorkloadRegistry.factory(of: configuration)
    tasks = try factory.tasks(configuration)
    optimizer = try OptimizerPlan(configuration.optimizer, totalSteps: configuration.training.steps)
    method = try configuration.method(for: tasks, scale: factory.methodScale)
    device = try Device(parsing: configuration.run.device)
    let threads = configuration.run.threads
    threadCount = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
  }

  /// Finds what is wrong with what the workload is made of, without making it.
  ///
  /// - Throws: what is wrong, as the parts say it.
  public func check() throws { try factory.check(self) }

  /// Sets the number of threads before anything is computed.
  func prepareRuntime() { Runtime.threadCount = threadCount }
}

extension Configuration {
  /// Finds what is not allowed or contradicts itself, before anything is built, whether the configuration was read from
  /// a file or made in code.
  ///
  /// - Parameter availableTasks: what the data have ground truth for.
  /// - Throws: ``ConfigurationError``, `RegistryError` (Support), `MethodError` or `TorchError` that says what would be
  ///   right.
  public func check(availableTasks: [VisionTask]) throws {
    try ResolvedConfiguration(self, on: NamedDataset(data, tasks: availableTasks)).check()
  }

  /// Finds values that their fields do not allow.
  ///
  /// - Throws: ``ConfigurationError`` that names the field, its value, and what would be right.
  fileprivate func checkFields() throws {
    for section in ConfigurationSection.all { try section.check(self) }
  }
}
