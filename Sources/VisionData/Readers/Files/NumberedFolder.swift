import Foundation
import Support

/// Arrays of NumPy as MTAN and its successors store them: `{train,val}/{image,label,depth,…}/0.npy`, `1.npy`, and so on.
struct NumberedFolder: SampleFiles {
  /// A task, and how its arrays are read.
  struct Source: Sendable {
    let task: VisionTask
    /// The name of the folder.
    let folder: String
    let channels: Int
    let map: @Sendable (PixelFile, VisionTask) throws -> DenseMap
  }

  private let folder: URL
  private let files: PixelFiles
  private let sources: [Source]
  var tasks: [VisionTask] { sources.map(\.task) }

  /// Takes the sources whose folders there are.
  ///
  /// - Throws: `FileError` for a folder without files of any task, or of one that is wanted.
  init(_ folder: URL, _ sources: [Source], _ request: DatasetRequest) throws {
    self.folder = folder
    let places = TaskPlaces(folder, sources.map { ($0.task.name, ["train/\($0.folder)"]) })
    try places.require(request.tasks)
    self.sources = sources.filter { places.available.contains($0.task.name) }
    files = PixelFiles(request)
  }

  /// Whether a folder has this form.
  static func isOne(_ folder: URL) -> Bool { folder.file("train/image").holdsFile("npy") }

  /// Returns the ids of a split: `train/0`, `train/1`, in the order of the numbers.
  ///
  /// - Throws: `FileError` for a number that is missing.
  func list(of split: String) throws -> SplitList {
    let images = folder.file("\(split)/image")
    let numbers = try images.contents().filter { $0.hasSuffix(".npy") }.map { name in
      guard let number = Int(name.dropLast(4)), number >= 0, "\(number).npy" == name else {
        throw FileError(images.file(name), "has no number for a name: 0.npy, 1.npy and so on are expected")
      }
      return number
    }.sorted()
    guard !numbers.isEmpty else { throw FileError(images, "holds no images: 0.npy, 1.npy and so on are expected") }
    if let gap = numbers.indices.first(where: { numbers[$0] != $0 }) {
      throw FileError(
        images.file("\(gap).npy"), "does not exist, but \(numbers[gap]).npy does: numbers go from 0 without a gap")
    }
    return SplitList(name: split, ids: numbers.map { "\(split)/\($0)" })
  }

  func imageFile(of id: String) -> URL { file("image", id) }

  func targetFiles(of task: VisionTask, _ id: String) -> [URL] { [file(source(of: task).folder, id)] }

  func image(of id: String) throws -> PixelMap {
    let file = try files.npy(imageFile(of: id), channels: 3)
    guard let wrong = file.numbers.values.first(where: { !(-0.001...1.001).contains($0) }) else { return file.numbers }
    throw FileError(file.url, "holds \(wrong), but colors are from 0 to 1")
  }

  func target(of task: VisionTask, _ id: String, like size: ImageSize) throws -> Target {
    let source = source(of: task)
    let file = try files.npy(file(source.folder, id), channels: source.channels, like: size)
    return .map(try source.map(file, task))
  }

  private func source(of task: VisionTask) -> Source { sources.first { $0.task.name == task.name }! }

  private func file(_ kind: String, _ id: String) -> URL {
    let parts = id.split(separator: "/")
    return folder.file("\(parts[0])/\(kind)/\(parts[1]).npy")
  }
}
