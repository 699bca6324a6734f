import Foundation
import Support
import Torch
import VisionData

/// A run from its folder to its report: what `polymath train` does.
public struct TrainingSession {
  /// What to do with a folder that exists.
  public enum ExistingRun: Sendable {
    case refuse
    case resume
    case overwrite
  }

  public let trainer: Trainer
  public let folder: RunFolder
  private let observers: [any TrainingObserver]
  private let lock: FolderLock

  /// Prepares a run: nothing is written before configuration and data are known to be right.
  ///
  /// - Parameter configuration: none takes that of the run that is resumed.
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
    if isResumed { try Self.requireFittingBaseline(folder, configuration) }
    let lockOfOld = existing != .refuse && folder.exists ? try Self.lock(folder) : nil
    // Whatever can be wrong with configuration, weights and data comes out here, before an old run is removed.
    trainer = try Trainer(configuration, folder: folder, resuming: isResumed)
    guard trainer.completedSteps <= configuration.training.steps else {
      throw FileError(
        folder.checkpoints,
        "holds a checkpoint of step \(trainer.completedSteps), but training.steps in \(folder.configuration.lastPathComponent) is \(configuration.training.steps)"
      )
    }
    if isResumed { try Self.requireSameTasks(trainer, folder) }
    try FileManager.default.createFolder(folder.url)
    lock = try lockOfOld ?? Self.lock(folder)
    // Again: another process may have trained there meanwhile.
    if existing == .refuse { try folder.requireFree() }
    if existing == .overwrite { try folder.removeResults() }
    folder.removeLeftovers()
    // First: what has no configuration is no run, and would not be overwritten.
    if !isResumed { try AtomicFile.write(Data(configuration.yaml.utf8), to: folder.configuration) }
    try AtomicFile.write(JSONEncoder().encode(trainer.data.bindings.map(\.task)), to: folder.tasks)
    try folder.create()
    observers = [
      try MetricsLog(folder, tasks: trainer.network.tasks, keepingThrough: trainer.completedSteps),
      try TensorBoardLog(folder, tasks: trainer.network.tasks, keepingThrough: trainer.completedSteps),
      ProgressReporter(
        tasks: trainer.network.tasks, totalSteps: configuration.training.steps, note: try trainer.data.cacheNote()),
    ]
  }

  /// Weights belong to the tasks and classes that they learned.
  ///
  /// - Throws: ``FileError`` if the data set's are others now. A file that cannot be read says nothing, and is written anew.
  private static func requireSameTasks(_ trainer: Trainer, _ folder: RunFolder) throws {
    guard let saved = try? Data(contentsOf: folder.tasks),
      let tasks = try? JSONDecoder().decode([VisionTask].self, from: saved)
    else { return }
    let now = trainer.data.bindings.map(\.task)
    guard tasks != now else { return }
    let changed = zip(tasks, now).first { $0 != $1 }?.0.name ?? tasks.map(\.name).joined(separator: ", ")
    throw FileError(
      folder.tasks,
      "holds the tasks that the run learns, but the data set's are others now ('\(changed)'): its kind and classes have to be put back, or --overwrite starts again"
    )
  }

  /// Trains, then draws predictions and writes the report.
  ///
  /// - Parameter shouldStop: asked after every step; the run is saved then and can be resumed.
  public func run(shouldStop: () -> Bool) throws -> Trainer.Outcome {
    let outcome = try trainer.run(observers: observers, shouldStop: shouldStop)
    let summary = try RunSummary(folder)
    try Gallery.write(trainer)
    try RunReport(folder).write()
    // Last: a run that has its summary has everything.
    try summary.write(to: folder)
    return outcome
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

  /// Scores compare with the trivial predictors, task by task.
  private static func requireFittingBaseline(_ folder: RunFolder, _ configuration: Configuration) throws {
    guard FileManager.default.fileExists(atPath: folder.baseline.path) else { return }
    let saved = try? JSONDecoder().decode(Evaluation.self, from: Data(contentsOf: folder.baseline))
    guard saved?.tasks.map(\.task) == configuration.data.tasks else {
      throw FileError(
        folder.baseline,
        "does not hold what the trivial predictors reach in the run's tasks: without this file, it is found again")
    }
  }

  /// The configuration that a resumed run keeps.
  ///
  /// - Parameter given: none, or the same.
  public static func resumedConfiguration(_ given: Configuration?, _ folder: RunFolder) throws -> Configuration {
    let own = try Configuration(of: folder)
    guard given == nil || given?.withAbsolutePaths == own else {
      throw ConfigurationError(
        "\(folder.url.path): a resumed run keeps the configuration in its folder, and another one was given: leave the configuration file, --method and --set out"
      )
    }
    return own
  }
}
