import Foundation
import Support
import Torch

/// The folder of a study, with its runs, tables and report.
public struct StudyFolder: Sendable {
  /// The location of the folder.
  public let url: URL

  /// Creates a reference to a folder, which need not exist.
  public init(_ url: URL) { self.url = url }

  /// The file `report.html`: ``StudyReport``.
  public var report: URL { url.appendingPathComponent("report.html") }
  /// The file `analysis.csv`: every number of the tables of results.
  public var analysis: URL { url.appendingPathComponent("analysis.csv") }
  /// The file `curves.csv`: diagnostics over the steps, minus those of the study's reference.
  public var curves: URL { url.appendingPathComponent("curves.csv") }
  /// Returns the file of the tables in a format, which its extension names: txt, csv, md or tex.
  public func table(_ fileExtension: String) -> URL { url.appendingPathComponent("table.\(fileExtension)") }

  /// Returns the folder of one of the study's runs, `runs/NAME`.
  public func run(_ run: StudyRun) -> RunFolder {
    RunFolder(url.appendingPathComponent("runs").appendingPathComponent(run.name))
  }
  /// Whether a run has done all its steps, and has written everything.
  func isFinished(_ run: StudyRun) -> Bool {
    (try? RunSummary.load(self.run(run)))?.steps == run.configuration.training.steps
  }

  /// - Throws: `FileError` when something is there that is no study.
  func requireStudyOrNothing() throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    let isFree = content.allSatisfy { $0 == FolderLock.fileName || AtomicFile.isTemporary($0) }
    guard isFree || content.contains(configurations.lastPathComponent) else {
      throw FileError(url, "is not empty, and holds no study: --out names another folder")
    }
  }

  /// Where the study writes, beside its runs.
  private var subfolders: [URL] { [configurations, logs, url.appendingPathComponent("runs")] }

  /// Creates the folders for a study's files. The first says that here is a study.
  func create() throws {
    for folder in subfolders { try FileManager.default.createFolder(folder) }
  }

  /// Removes the temporary files of killed processes. Those of runs go when these are trained.
  func removeLeftovers() {
    for folder in [url] + subfolders { AtomicFile.removeLeftovers(in: folder) }
  }

  private var configurations: URL { url.appendingPathComponent("configurations") }

  private var logs: URL { url.appendingPathComponent("logs") }

  /// What a run is started with.
  func configuration(_ run: StudyRun) -> URL { configurations.appendingPathComponent("\(run.name).yaml") }
  /// What a run's process said.
  func log(_ run: StudyRun) -> URL { logs.appendingPathComponent("\(run.name).txt") }
}
