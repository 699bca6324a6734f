import Foundation
import Support
import Torch

/// Trains what a study still lacks, one run after another, each in a process of its own: its memory is measured alone,
/// and when it fails the others go on.
public struct StudyRunner {
  /// How a call of ``run(shouldStop:announce:)`` ended.
  public enum Outcome: Sendable, Equatable {
    /// All runs were tried; the failures are the titles of those that could not be finished, with the reasons.
    case finished(failures: [String: String])
    /// The caller asked to stop; what was trained is kept.
    case stopped
  }

  private let study: Study
  private let folder: StudyFolder
  private let executable: URL

  /// Checks that the folder is free, or holds runs of the same study.
  ///
  /// - Parameters:
  ///   - study: the study.
  ///   - folder: the folder of the study.
  ///   - executable: the program `polymath`, which trains the runs.
  /// - Throws: ``ConfigurationError`` if the folder holds runs of another study, `FileError` if it holds something
  ///   else, or a run that is damaged.
  public init(_ study: Study, folder: StudyFolder, executable: URL) throws {
    self.study = study
    self.folder = folder
    self.executable = executable
    try folder.requireStudyOrNothing()
    for run in study.runs where folder.run(run).exists { try requireSameConfiguration(run) }
    // Before anything is trained, not after hours.
    for run in study.runs { _ = try StudyResults.result(run, folder) }
  }

  /// The runs that are not finished.
  public var missing: [StudyRun] { study.runs.filter { !folder.isFinished($0) } }

  /// Trains the missing runs.
  ///
  /// - Parameters:
  ///   - shouldStop: asked a few times a second; if it returns true, the current run is saved and the study stops.
  ///   - announce: called with each line of progress.
  /// - Throws: `FileError` if the study's files cannot be written. A run that fails is a part of the outcome.
  public func run(shouldStop: () -> Bool, announce: (String) -> Void) throws -> Outcome {
    try folder.create()
    let lock = try FolderLock(folder.url, work: "running this study")
    folder.removeLeftovers()
    defer { withExtendedLifetime(lock) {} }
    let (all, missing) = (study.runs.count, missing)
    if missing.count < all { announce("\(all - missing.count) of \(all) runs are finished already") }
    var failures: [String: String] = [:]
    let start = ContinuousClock.now
    for (index, run) in missing.enumerated() {
      if shouldStop() { return .stopped }
      switch try train(run, shouldStop: shouldStop) {
      case .finished:
        if !study.keepsCheckpoints { folder.run(run).removeCheckpoints() }
        let passed = (ContinuousClock.now - start) / .seconds(1)
        let left = passed / Double(index + 1) * Double(missing.count - index - 1)
        let summary = try RunSummary.load(folder.run(run))
        announce(
          "[\(all - missing.count + index + 1)/\(all)] \(run.title): \(String(format: "%.0f ms", summary.secondsPerStep * 1e3)) a step; about \(Self.minutes(left)) left"
        )
      case .stopped: return .stopped
      case .failed(let reason):
        failures[run.title] = reason
        announce("[\(all - missing.count + index + 1)/\(all)] \(run.title) failed: \(reason)")
      }
    }
    return .finished(failures: failures)
  }

  private func train(_ run: StudyRun, shouldStop: () -> Bool) throws -> TrainingProcess.Outcome {
    let runFolder = folder.run(run)
    // Left by a process that was killed, a training may go on; its log stays whole.
    if runFolder.exists {
      do { _ = try FolderLock(runFolder.url, work: "training") } catch { return .failed("\(error)") }
    }
    let isResumed = Checkpoint.exists(.last, in: runFolder)
    if !isResumed { try AtomicFile.write(Data(run.configuration.yaml.utf8), to: folder.configuration(run)) }
    let arguments =
      isResumed
      ? ["train", "--resume", "--out", runFolder.url.path]
      : ["train", folder.configuration(run).path, "--overwrite", "--out", runFolder.url.path]
    return try TrainingProcess(executable: executable, arguments: arguments, log: folder.log(run))
      .run(shouldStop: shouldStop)
  }

  private func requireSameConfiguration(_ run: StudyRun) throws {
    let runFolder = folder.run(run)
    if !runFolder.isRun, folder.isFinished(run) {
      throw FileError(
        runFolder.configuration,
        "does not exist, though the run is finished: without the run's folder, the same command trains it again")
    }
    guard runFolder.isRun else { return }
    let found = try Configuration(of: runFolder)
    guard found != run.configuration.withAbsolutePaths else { return }
    let detail = found.difference(from: run.configuration.withAbsolutePaths)
    throw ConfigurationError(
      "\(runFolder.url.path) was trained with another configuration\(detail): --out names another folder for this study"
    )
  }

  private static func minutes(_ seconds: Double) -> String {
    seconds < 90 ? String(format: "%.0f s", seconds) : String(format: "%.0f min", seconds / 60)
  }
}
