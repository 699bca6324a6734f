import Foundation
import Torch

/// Where a run keeps everything: configuration, metrics, checkpoints, report, predictions.
public struct RunFolder: Sendable {
  public let url: URL

  public init(_ url: URL) { self.url = url }

  public var configuration: URL { url.appendingPathComponent("config.yaml") }
  /// What the network was made to tell, so that it can be used where the data are not.
  public var tasks: URL { url.appendingPathComponent("tasks.json") }
  public var metrics: URL { url.appendingPathComponent("metrics.jsonl") }
  public var summary: URL { url.appendingPathComponent("summary.json") }
  public var report: URL { url.appendingPathComponent("report.html") }
  public var predictions: URL { url.appendingPathComponent("predictions") }
  public var tensorBoard: URL { url.appendingPathComponent("tensorboard") }
  public var checkpoints: URL { url.appendingPathComponent("checkpoints") }
  public var baseline: URL { url.appendingPathComponent("trivial.json") }

  public var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// - Throws: ``FileError`` when something is there already.
  public func requireFree() throws {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    if content.contains(where: { $0 != FolderLock.fileName }) {
      throw FileError(
        url, "exists already: --resume goes on with it, --overwrite starts again, --out names another folder")
    }
    guard !exists || isDirectory else { throw FileError(url, "is a file, not a folder") }
  }

  /// Creates the folder for a new run.
  public func create() throws {
    for folder in [url, tensorBoard, checkpoints, predictions] {
      try FileManager.default.createFolder(folder)
    }
  }

  /// - Throws: ``FileError`` when something is there that is no run.
  public func requireReplaceable() throws {
    if (try? requireFree()) != nil { return }
    guard isRun else {
      throw FileError(url, "holds no run (it has no config.yaml): it is not overwritten")
    }
  }

  /// Removes a run. Anything that no run wrote is left alone.
  ///
  /// - Throws: ``FileError`` when the folder holds no run.
  public func remove() throws {
    try requireReplaceable()
    // The configuration last: what is left of a removal that was cut off still is a run.
    for item in [metrics, summary, report, predictions, tensorBoard, checkpoints, baseline, tasks, configuration]
    where FileManager.default.fileExists(atPath: item.path) {
      do { try FileManager.default.removeItem(at: item) } catch {
        throw FileError(item, "cannot be removed: \(error.localizedDescription)")
      }
    }
  }

  /// - Throws: ``FileError`` when there is no run here.
  public func requireRun() throws {
    guard exists else { throw FileError(url, "does not exist: there is no run here") }
    guard isDirectory else { throw FileError(url, "is a file, but a run is a folder") }
    guard isRun else { throw FileError(url, "holds no run: it has no config.yaml") }
  }

  private var isRun: Bool { FileManager.default.fileExists(atPath: configuration.path) }

  private var isDirectory: Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
