import Foundation
import Support

/// The samples of a split, read from their files when they are asked for: the image, and the ground truth of the tasks
/// that a run learns.
struct FileSamples: SampleSource {
  let tasks: [VisionTask]
  private let files: any SampleFiles
  private let split: SplitList

  /// Takes samples, and looks whether their files are there.
  ///
  /// - Parameters:
  ///   - files: the data set.
  ///   - split: the ids of the samples.
  ///   - wanted: the names of the tasks whose files are read.
  /// - Throws: `FileError` that names the first file which is missing.
  init(_ files: any SampleFiles, _ split: SplitList, tasks wanted: [String]) throws {
    self.files = files
    self.split = split
    tasks = files.tasks.filter { wanted.contains($0.name) }
    for (position, id) in split.ids.enumerated() {
      let needed = [files.imageFile(of: id)] + tasks.flatMap { files.targetFiles(of: $0, id) }
      guard let missing = needed.first(where: { !FileManager.default.fileExists(atPath: $0.path) }) else { continue }
      throw FileError(missing, "does not exist, but is needed for \(split.place(of: position))")
    }
  }

  var count: Int { split.ids.count }

  func sample(at position: Int) throws -> Sample {
    do { return try sample(split.ids[position]) } catch let error as FileError {
      throw FileError(URL(fileURLWithPath: error.path), "\(error.reason) (\(split.place(of: position)))")
    }
  }

  private func sample(_ id: String) throws -> Sample {
    let image = try files.image(of: id)
    let size = ImageSize(image)
    let targets = try tasks.map { ($0.name, try files.target(of: $0, id, like: size)) }
    return Sample(image: image, targets: Dictionary(uniqueKeysWithValues: targets))
  }
}
