import Foundation
import Support
import VisionData

/// The data set that a configuration names. It is opened when it is first needed, and then once, whoever asks.
final class NamedDataset {
  /// The section that names it.
  let data: Configuration.Data
  private var knownTasks: [VisionTask]?
  private var opened: Dataset?

  /// - Parameter tasks: what the data set has ground truth for, if that is known already.
  init(_ data: Configuration.Data, tasks: [VisionTask]? = nil) {
    self.data = data
    knownTasks = tasks
  }

  /// What the data set has ground truth for.
  ///
  /// - Throws: `FileError` for a folder that is no data set, and what ``reader`` throws.
  func tasks() throws -> [VisionTask] {
    if let knownTasks { return knownTasks }
    let tasks = try reader.tasks(request)
    knownTasks = tasks
    return tasks
  }

  /// The data set with the samples that the configuration asks for.
  ///
  /// - Throws: what is wrong with the data, and what ``reader`` throws.
  func open() throws -> Dataset {
    if let opened { return opened }
    let dataset = try reader.open(request)
    (opened, knownTasks) = (dataset, dataset.tasks)
    return dataset
  }

  /// What reads the data set.
  ///
  /// - Throws: `RegistryError` for a name that no reader has, `FileError` for a folder that no reader recognizes,
  ///   ``ConfigurationError`` for a reader and a folder that do not go together.
  var reader: DatasetReader {
    get throws {
      let reader = try DatasetReader.reader(named: data.dataset?.name, of: folder)
      guard reader.needsFolder == (folder != nil) else {
        throw ConfigurationError(
          reader.needsFolder
            ? "data.dataset is \(reader.name), which reads a folder: data.folder has to name one"
            : "data.dataset is \(reader.name), which reads no folder, but data.folder names one")
      }
      return reader
    }
  }

  private var folder: URL? { data.folder.map { URL(fileURLWithPath: $0) } }

  private var request: DatasetRequest {
    request(tasks: data.tasks, trainingCount: data.trainingCount, validationCount: data.validationCount)
  }

  /// What is asked of the reader, for some tasks and at most some samples.
  func request(tasks: [String], trainingCount: Int, validationCount: Int) -> DatasetRequest {
    DatasetRequest(
      folder: folder, validationFolder: data.validationFolder.map { URL(fileURLWithPath: $0) }, tasks: tasks,
      trainingCount: trainingCount, validationCount: validationCount, height: data.height,
      width: data.width, seed: data.seed, channels: data.channels, pixelLimit: data.pixelLimit,
      unclearMasks: data.unclearMasks, settings: data.dataset?.settings.mapValues(\.description) ?? [:])
  }
}
