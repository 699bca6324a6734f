import Foundation
import Support

/// Where the files of each task of a data set lie, by which it is known what there is ground truth for.
struct TaskPlaces {
  private let folder: URL
  private let paths: [(task: String, places: [String])]
  /// The tasks that there are files of.
  let available: Set<String>

  /// Creates places of which it is known where files lie.
  ///
  /// - Parameters:
  ///   - folder: the folder of the data set.
  ///   - paths: the places of each task in the folder, of which one has to be there.
  ///   - available: the tasks that there are files of.
  init(_ folder: URL, _ paths: [(task: String, places: [String])], available: Set<String>) {
    self.folder = folder
    self.paths = paths
    self.available = available
  }

  /// Looks which places are folders.
  init(_ folder: URL, _ paths: [(task: String, places: [String])]) {
    let found = paths.filter { $0.places.contains { folder.file($0).isFolder } }
    self.init(folder, paths, available: Set(found.map(\.task)))
  }

  /// Makes sure that there are files of every task that is wanted.
  ///
  /// - Parameter wanted: the names of tasks. A name that this form of the data set does not know is left out here; what
  ///   reads the configuration reports it.
  /// - Throws: `FileError` for a folder without files of any task, and one that names the place which a wanted task lacks.
  func require(_ wanted: [String]) throws {
    guard !available.isEmpty else {
      let names = paths.flatMap(\.places).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      throw FileError(
        folder, "holds no ground truth: at least one of the folders \(names.joined(separator: ", ")) is expected")
    }
    for (task, places) in paths where wanted.contains(task) && !available.contains(task) {
      let place = folder.file(places[0])
      let found = place.exists ? "holds no files that are read" : "does not exist"
      let others = places.dropFirst().map { ", nor does \($0)" }.joined()
      let known = paths.map(\.task).filter(available.contains).joined(separator: ", ")
      throw FileError(
        place,
        "\(found)\(others), but the task '\(task)' is wanted (data.tasks): its files belong there, or the task has to be left out. There are files of \(known)"
      )
    }
  }
}
