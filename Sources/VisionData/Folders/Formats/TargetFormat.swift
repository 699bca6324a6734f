import Foundation
import Support

/// What a kind of task has for ground truth, and how a data set folder holds it.
protocol TargetFormat: Sendable {
  /// The channels that a network predicts.
  var channels: Int { get }
  /// What the numbers of a map mean; nil if the ground truth is not a map.
  var content: MapContent? { get }
  /// Why there can be no such ground truth, such as "has 300 classes, but …"; nil if there can be.
  var complaint: String? { get }

  /// The names of what the index says about images as a whole; empty for other ground truth.
  var attributes: [String] { get }

  /// Whether each sample has a file in a folder with the task's name.
  var hasFiles: Bool { get }

  /// The files of a sample that hold a task's ground truth, relative to the folder; empty if it has none.
  func files(of task: VisionTask, in entry: DatasetIndex.Entry) -> [String]
  /// Whether a sample has ground truth for a task.
  func isKnown(_ task: VisionTask, in entry: DatasetIndex.Entry) -> Bool
  /// Reads a sample's ground truth; all of it is unknown if the sample has none for the task.
  ///
  /// - Throws: `FileError` for a file that is missing, damaged or holds something else.
  func target(of task: VisionTask, in entry: DatasetIndex.Entry, _ reader: TargetReader) throws -> Target
  /// Writes a sample's ground truth, and enters it in the index.
  func write(_ target: Target, of task: VisionTask, to folder: URL, _ entry: inout DatasetIndex.Entry) throws
}

extension TargetFormat {
  var attributes: [String] { [] }
  var hasFiles: Bool { false }
}

/// A format of ground truth in one file for each sample, which the index names by the task.
protocol FileFormat: TargetFormat {}

extension FileFormat {
  var hasFiles: Bool { true }

  func files(of task: VisionTask, in entry: DatasetIndex.Entry) -> [String] {
    entry.targets[task.name].map { [$0] } ?? []
  }

  func isKnown(_ task: VisionTask, in entry: DatasetIndex.Entry) -> Bool { entry.targets[task.name] != nil }
}

/// A format of ground truth for every pixel: one PNG file for each sample.
protocol MapFormat: FileFormat {
  /// What the map's numbers mean.
  var mapContent: MapContent { get }
  /// The channels of the ground truth.
  var targetChannels: Int { get }
  /// The channels of a file.
  var fileChannels: Int { get }
  /// Whether files have to have 16 bits a sample.
  var needsWords: Bool { get }

  /// The map that a file's samples give.
  ///
  /// - Throws: `FileError` for numbers that the format does not have.
  func map(_ file: TargetFile) throws -> DenseMap
  /// A file's samples for a map.
  func samples(of map: DenseMap) -> Picture.Samples
}

extension MapFormat {
  var content: MapContent? { mapContent }
  var fileChannels: Int { targetChannels }

  func target(of task: VisionTask, in entry: DatasetIndex.Entry, _ reader: TargetReader) throws -> Target {
    guard let path = entry.targets[task.name] else {
      return .map(
        DenseMap(unknown: mapContent, channels: targetChannels, height: reader.height, width: reader.width))
    }
    return .map(
      try map(reader.file(at: path, of: task, channels: fileChannels, needsWords: needsWords)))
  }

  func write(_ target: Target, of task: VisionTask, to folder: URL, _ entry: inout DatasetIndex.Entry) throws {
    guard let map = target.map else { fatalError("the ground truth of '\(task.name)' is no map") }
    let path = "\(task.name)/\(entry.id).png"
    try Picture(width: map.width, height: map.height, channels: fileChannels, samples: samples(of: map))
      .write(to: folder.appendingPathComponent(path))
    entry.targets[task.name] = path
  }
}
