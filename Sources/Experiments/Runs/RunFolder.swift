import Foundation
import MultitaskLearning
import Support
import Torch
import VisionNetworks

/// The folder of a run: configuration, metrics, checkpoints, report and predictions.
public struct RunFolder: Sendable {
  /// The location of the folder.
  public let url: URL

  /// Creates a reference to a folder, which need not exist.
  public init(_ url: URL) { self.url = url }

  /// The file `config.yaml`: the configuration, with which a folder counts as a run.
  public var configuration: URL { url.appendingPathComponent("config.yaml") }
  /// The file `tasks.json`: the meaning of the tasks, so that the network can be used without the data.
  public var tasks: URL { url.appendingPathComponent("tasks.json") }
  /// The file `names.json`: the names of the losses and of the evaluated tasks.
  public var names: URL { url.appendingPathComponent("names.json") }
  /// The file `metrics.jsonl`: a record for each step, evaluation and change of the network.
  public var metrics: URL { url.appendingPathComponent("metrics.jsonl") }
  /// The file `summary.json`, which is written last: ``RunSummary``.
  public var summary: URL { url.appendingPathComponent("summary.json") }
  /// The file `report.html`: ``RunReport``.
  public var report: URL { url.appendingPathComponent("report.html") }
  /// The folder `predictions` with the report's images.
  public var predictions: URL { url.appendingPathComponent("predictions") }
  /// The folder `predictions/pictures`, to which `polymath predict` writes by default.
  public var pictures: URL { predictions.appendingPathComponent("pictures") }
  /// The folder `tensorboard` with the event files.
  public var tensorBoard: URL { url.appendingPathComponent("tensorboard") }
  /// The folder `checkpoints`: ``Checkpoint``.
  public var checkpoints: URL { url.appendingPathComponent("checkpoints") }
  /// The file `trivial.json`: the metrics of the trivial predictors.
  public var baseline: URL { url.appendingPathComponent("trivial.json") }

  /// The file `layout.json` of a pruned run: which channels its static network has.
  public var layout: URL { url.appendingPathComponent(Self.layoutName) }
  /// The folder `pruned` of a run with gates, which is finished: the run of the static network.
  public var pruned: RunFolder { RunFolder(url.appendingPathComponent("pruned")) }

  static let layoutName = "layout.json"

  /// The file `layers.json`: how often the tasks' gradients were in conflict in each layer, if that was counted.
  public var layers: URL { LayerConflicts.url(in: url) }

  /// Whether there is a file or folder at ``url``.
  public var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Where a run writes.
  private var subfolders: [URL] { [tensorBoard, checkpoints, predictions] }

  /// Checks that there is nothing but what a run leaves that was killed before it kept its configuration.
  ///
  /// - Throws: `FileError` when something is there already.
  public func requireFree() throws(FileError) {
    guard !exists || url.isFolder else { throw FileError(url, "is a file, not a folder") }
    guard Self.names(in: url).allSatisfy(isWithoutContent) else {
      throw FileError(
        url,
        isRun
          ? "exists already: --resume goes on with it, --overwrite starts again, --out names another folder"
          : "is not empty, and holds no run: --out names another folder")
    }
  }

  /// Whether an item of the folder is its lock, a temporary file, or a folder for a run that has nothing else.
  private func isWithoutContent(_ name: String) -> Bool {
    if name == FolderLock.fileName || AtomicFile.isTemporary(name) { return true }
    guard let folder = subfolders.first(where: { $0.lastPathComponent == name }), folder.isFolder else {
      return false
    }
    return Self.names(in: folder).allSatisfy(AtomicFile.isTemporary)
  }

  private static func names(in folder: URL) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  }

  /// Removes the temporary files of killed processes.
  func removeLeftovers() {
    for folder in [url] + subfolders + [pictures] { AtomicFile.removeLeftovers(in: folder) }
  }

  /// Creates the folder and its subfolders.
  ///
  /// - Throws: `FileError` if a folder cannot be created.
  public func create() throws {
    for folder in [url] + subfolders {
      try FileManager.default.createFolder(folder)
    }
  }

  /// Checks that the folder is free, or holds a run that can be replaced.
  ///
  /// - Throws: `FileError` if it holds something that is not a run, or a run below which there is something that
  ///   cannot be made again, such as a static network that was trained further.
  public func requireReplaceable() throws {
    if (try? requireFree()) != nil { return }
    guard isRun else {
      throw FileError(url, "holds no run (it has no config.yaml): it is not overwritten")
    }
    switch StaticNetworkPlace(pruned) {
    case .free, .untrained: return
    case .trained(let step):
      throw FileError(
        pruned.url,
        "holds a static network that \(StaticNetworkPlace.trained(upTo: step)), and would be lost: it has to be moved or removed first"
      )
    case .taken(let error):
      throw FileError(pruned.url, "would be lost: it has to be moved or removed first (\(error.reason))")
    }
  }

  /// Removes everything that a run wrote but its configuration: what is left still is a run, and can be overwritten,
  /// whatever happens before the next configuration takes the place of this one. Anything that no run wrote is left
  /// alone.
  ///
  /// - Throws: `FileError` when the folder holds no run.
  public func removeResults() throws {
    try requireReplaceable()
    for item in [
      metrics, summary, report, predictions, tensorBoard, checkpoints, baseline, tasks, names, layers, layout,
      pruned.url,
    ]
    where FileManager.default.fileExists(atPath: item.path) {
      do { try FileManager.default.removeItem(at: item) } catch {
        throw FileError(item, "cannot be removed: \(error.localizedDescription)")
      }
    }
  }

  /// Removes what networks have learned, also that of a static network; metrics and reports stay.
  func removeCheckpoints() {
    for folder in [self, pruned] { try? FileManager.default.removeItem(at: folder.checkpoints) }
  }

  /// Checks that the folder holds a run.
  ///
  /// - Throws: `FileError` if it does not.
  public func requireRun() throws {
    guard exists else { throw FileError(url, "does not exist: there is no run here") }
    guard url.isFolder else { throw FileError(url, "is a file, but a run is a folder") }
    guard isRun else { throw FileError(url, "holds no run: it has no config.yaml") }
  }

  var isRun: Bool { FileManager.default.fileExists(atPath: configuration.path) }
}
