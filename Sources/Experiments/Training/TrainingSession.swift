import Foundation
import Support
import Torch
import VisionData

/// A run from its folder to its report: what `polymath train` does.
public struct TrainingSession {
  /// What to do with a folder that exists.
  public enum ExistingRun: Sendable {
    /// An existing run is an error.
    case refuse
    /// The run goes on from its last checkpoint.
    case resume
    /// The run is replaced.
    case overwrite
  }

  /// The trainer of the run.
  public let trainer: Trainer
  /// The folder of the run.
  public let folder: RunFolder
  private let observers: [any TrainingObserver]
  private let lock: FolderLock

  /// Prepares a run: nothing is written before configuration and data are known to be right.
  ///
  /// - Parameters:
  ///   - configuration: the configuration; if nil, that of the run that is resumed, or the defaults.
  ///   - folder: the folder of the run.
  ///   - existing: what happens to a run that is there already.
  /// - Throws: what is wrong, as the parts say it.
  public init(_ configuration: Configuration?, folder: RunFolder, existing: ExistingRun) throws {
    self.folder = folder
    let isResumed = existing == .resume
    if existing == .refuse { try folder.requireFree() }
    if existing == .overwrite { try folder.requireReplaceable() }
    let configuration =
      isResumed
      ? try Self.resumedConfiguration(configuration, folder) : (configuration ?? Configuration()).withAbsolutePaths
    if isResumed { try Self.requireCheckpoint(folder) }
    let lockOfOld = existing != .refuse && folder.exists ? try Self.lock(folder) : nil
    // Whatever can be wrong with configuration, weights and data comes out here, before an old run is removed.
    let hasCheckpoint = isResumed && Checkpoint.exists(.last, in: folder)
    let resolved = try ResolvedConfiguration(hasCheckpoint ? configuration.withoutWeights : configuration)
    resolved.prepareRuntime()
    let workload = try resolved.factory.make(resolved)
    trainer = try Trainer(
      workload, TrainingPlan(resolved, for: workload.network), folder: folder, resuming: isResumed)
    guard trainer.completedSteps <= configuration.training.steps else {
      throw FileError(
        folder.checkpoints,
        "holds a checkpoint of step \(trainer.completedSteps), but training.steps in \(folder.configuration.lastPathComponent) is \(configuration.training.steps)"
      )
    }
    if isResumed { try trainer.workload.requireSame(asIn: folder) }
    try FileManager.default.createFolder(folder.url)
    lock = try lockOfOld ?? Self.lock(folder)
    // Again: another process may have trained there meanwhile.
    if existing == .refuse { try folder.requireFree() }
    if existing == .overwrite { try folder.removeResults() }
    folder.removeLeftovers()
    // First: what has no configuration is no run, and would not be overwritten.
    if !isResumed { try AtomicFile.write(Data(configuration.yaml.utf8), to: folder.configuration) }
    try workload.keep(in: folder)
    try TaskNames(workload).write(to: folder)
    try folder.create()
    observers = [
      try MetricsLog(folder, of: TaskNames(workload), keepingThrough: trainer.completedSteps),
      try TensorBoardLog(folder, tasks: trainer.network.tasks, keepingThrough: trainer.completedSteps),
      ProgressReporter(
        tasks: trainer.network.tasks, totalSteps: configuration.training.steps, note: try workload.note()),
    ]
  }

  /// Trains, then draws predictions and writes the report; a network with gates is pruned at the end.
  ///
  /// - Parameter shouldStop: asked after every step; if it returns true, the run is saved and can be resumed.
  public func run(shouldStop: () -> Bool) throws -> Trainer.Outcome {
    let outcome = try trainer.run(observers: observers, shouldStop: shouldStop)
    try trainer.workload.drawSamples(in: folder)
    try RunReport(folder).write()
    if outcome == .finished { try prune() }
    // Last: a run that has its summary has everything.
    try RunSummary(folder, cost: trainer.workload.finalCost()).write(to: folder)
    return outcome
  }

  /// Prunes the best network if it has gates. Where its folder holds a training, this stays where it is.
  private func prune() throws {
    let place = StaticNetworkPlace(folder.pruned)
    guard trainer.workload.multitaskNetwork?.gatedLayers.isEmpty == false, place.takesNetwork else { return }
    _ = try PrunedRun(TrainedRun(folder, checkpoint: .best), to: folder.pruned, replacing: true)
  }

  private static func lock(_ folder: RunFolder) throws -> FolderLock {
    try FolderLock(folder.url, work: "training")
  }

  /// A run saves itself before its first step: what has more than a configuration has lost its checkpoint.
  private static func requireCheckpoint(_ folder: RunFolder) throws {
    guard !Checkpoint.exists(.last, in: folder) else { return }
    let records = (try? MetricsLog.read(folder)) ?? []
    let isFinished = FileManager.default.fileExists(atPath: folder.summary.path)
    guard records.isEmpty, !isFinished, !Checkpoint.exists(.best, in: folder) else {
      throw FileError(
        folder.checkpoints,
        "holds no checkpoint of the run's last step: its files have to be put back, or --overwrite starts again")
    }
  }

  /// The configuration that a resumed run keeps.
  ///
  /// - Parameters:
  ///   - given: nil, or the configuration that the run was started with.
  ///   - folder: the folder of the run.
  /// - Throws: ``ConfigurationError`` if another configuration is given, `FileError` if there is no run.
  public static func resumedConfiguration(_ given: Configuration?, _ folder: RunFolder) throws -> Configuration {
    let own = try Configuration(of: folder)
    guard let given, given.withAbsolutePaths != own else { return own }
    let detail = own.difference(from: given.withAbsolutePaths)
    throw ConfigurationError(
      "\(folder.url.path): a resumed run keeps the configuration in its folder, and another one was given\(detail): leave the configuration file, --method and --set out, or change config.yaml in the folder. A new run starts from the network of one that shares hard by network.start"
    )
  }
}
