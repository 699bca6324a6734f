import Foundation
import Torch

/// Where a study keeps its runs and what it found.
public struct StudyFolder: Sendable {
  public let url: URL

  public init(_ url: URL) { self.url = url }

  public var report: URL { url.appendingPathComponent("report.html") }
  /// The table in a format, by its file extension.
  public func table(_ fileExtension: String) -> URL { url.appendingPathComponent("table.\(fileExtension)") }

  public func run(_ run: StudyRun) -> RunFolder {
    RunFolder(url.appendingPathComponent("runs").appendingPathComponent(run.name))
  }
  /// Whether a run has done all its steps, and has written everything.
  func isFinished(_ run: StudyRun) -> Bool {
    (try? RunSummary.load(self.run(run)))?.steps == run.configuration.training.steps
  }

  /// - Throws: ``FileError`` when something is there that is no study.
  func requireStudyOrNothing() throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    guard content.allSatisfy({ $0 == FolderLock.fileName }) || content.contains(configurations.lastPathComponent) else {
      throw FileError(url, "is not empty, and holds no study: --out names another folder")
    }
  }

  private var configurations: URL { url.appendingPathComponent("configurations") }

  /// What a run is started with.
  func configuration(_ run: StudyRun) -> URL { configurations.appendingPathComponent("\(run.name).yaml") }
  /// What a run's process said.
  func log(_ run: StudyRun) -> URL { url.appendingPathComponent("logs").appendingPathComponent("\(run.name).txt") }
}
