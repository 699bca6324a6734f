import Foundation
import Support
import VisionData

/// What a run's log tells of by name: the losses, which are the rows of G, and what evaluations tell of.
struct TaskNames: Codable, Equatable {
  let losses: [String]
  let evaluated: [String]

  init(losses: [String], evaluated: [String]) {
    self.losses = losses
    self.evaluated = evaluated
  }

  init(_ workload: any Workload) {
    self.init(losses: workload.network.tasks, evaluated: workload.evaluatedNames)
  }

  /// The names of a run; those of its configuration's tasks if it has kept none, as earlier versions did.
  ///
  /// - Throws: `FileError` for a file that holds none, or ones that cannot be parts of file names.
  init(of folder: RunFolder, _ configuration: Configuration) throws {
    guard FileManager.default.fileExists(atPath: folder.names.path) else {
      self.init(losses: configuration.data.tasks, evaluated: configuration.data.tasks)
      // They lead to the files of images.
      try VisionTask.check(names: evaluated, of: folder.configuration)
      return
    }
    guard let data = try? Data(contentsOf: folder.names),
      let names = try? JSONDecoder().decode(TaskNames.self, from: data)
    else { throw FileError(folder.names, "does not hold the names of the run's losses and evaluations") }
    self = names
    for names in [losses, evaluated] { try VisionTask.check(names: names, of: folder.names) }
  }

  func write(to folder: RunFolder) throws { try AtomicFile.write(JSONEncoder().encode(self), to: folder.names) }
}
