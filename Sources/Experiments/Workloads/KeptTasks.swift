import Foundation
import Support
import VisionData

/// The tasks that a run's network was made to tell, kept in the run's folder so that it can be used where the data are
/// not.
enum KeptTasks {
  static func write(_ tasks: [VisionTask], to folder: RunFolder) throws {
    try AtomicFile.write(JSONEncoder().encode(tasks), to: folder.tasks)
  }

  /// - Throws: `FileError` if the run has not kept its tasks, and its data are not there, or what it has kept are none.
  static func read(from folder: RunFolder, _ resolved: ResolvedConfiguration) throws -> [VisionTask] {
    guard FileManager.default.fileExists(atPath: folder.tasks.path) else {
      // Runs from before they were kept.
      return try resolved.dataset.tasks()
    }
    guard let tasks = saved(in: folder), tasks.map(\.name) == resolved.configuration.data.tasks else {
      throw FileError(folder.tasks, "does not hold the tasks of the run's configuration")
    }
    try VisionTask.check(tasks, of: folder.tasks)
    return tasks
  }

  /// Weights belong to the tasks and classes that they learned.
  ///
  /// - Throws: `FileError` if the data set's are others now. A file that cannot be read says nothing, and is written anew.
  static func requireSame(_ now: [VisionTask], asIn folder: RunFolder) throws {
    guard let tasks = saved(in: folder), tasks != now else { return }
    let changed = zip(tasks, now).first { $0 != $1 }?.0.name ?? tasks.map(\.name).joined(separator: ", ")
    throw FileError(
      folder.tasks,
      "holds the tasks that the run learns, but the data set's are others now ('\(changed)'): its kind and classes have to be put back, or --overwrite starts again"
    )
  }

  /// A network is used with data of its own tasks.
  ///
  /// - Parameters:
  ///   - learned: the tasks of the network.
  ///   - now: those of the data, as many.
  /// - Throws: ``ConfigurationError`` that names a task which is another one now.
  static func requireSame(_ learned: [VisionTask], _ now: [VisionTask]) throws {
    guard let (own, other) = zip(learned, now).first(where: { $0 != $1 }) else { return }
    throw ConfigurationError(
      "the run learned the task '\(own.name)' as \(own.kind), but the data have it as \(other.kind) now: its kind and classes have to be put back"
    )
  }

  private static func saved(in folder: RunFolder) -> [VisionTask]? {
    (try? Data(contentsOf: folder.tasks)).flatMap { try? JSONDecoder().decode([VisionTask].self, from: $0) }
  }
}
