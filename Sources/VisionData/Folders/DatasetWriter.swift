import Foundation
import Support
import Torch

/// Writes scenes, or the samples of any other source, as a data set folder that ``DatasetFolder`` reads.
public struct DatasetWriter {
  /// The file format of images.
  public enum PictureFormat: String, Sendable, CaseIterable {
    /// PNG, which keeps every value.
    case png
    /// JPEG, which is smaller and keeps values approximately.
    case jpeg
    /// One file for all images, which keeps every byte and is quick to read: for many small images.
    case packed

    var fileExtension: String { self == .jpeg ? "jpg" : "png" }
  }

  /// The folder that is written.
  public let url: URL
  /// The file format of images.
  public let pictureFormat: PictureFormat

  /// Creates a writer for a folder that is new or empty.
  public init(_ url: URL, pictureFormat: PictureFormat = .png) {
    self.url = url
    self.pictureFormat = pictureFormat
  }

  /// Writes scenes with the ground truth of their tasks.
  ///
  /// - Parameters:
  ///   - scenes: the scenes.
  ///   - progress: what is called after every scene with the number of scenes written so far.
  /// - Throws: `FileError` when the folder holds something already, or the disk refuses.
  public func write(_ scenes: Scenes, progress: (Int) -> Void = { _ in }) throws {
    let hasDepth = scenes.channels.depthChannel != nil
    try makeFolders(
      ["images", "instances", "objects"] + (hasDepth ? [Self.depthFolder] : [])
        + scenes.tasks.filter(\.kind.format.hasFiles).map(\.name))
    let images = try ImageOutput(
      url, pictureFormat, count: scenes.count, height: scenes.height, width: scenes.width)
    var entries: [DatasetIndex.Entry] = []
    for position in 0..<scenes.count {
      entries.append(try write(scenes.scene(at: position), position, of: scenes, images))
      progress(position + 1)
    }
    try write(
      DatasetIndex(
        format: DatasetIndex.currentFormat, height: scenes.height, width: scenes.width, tasks: scenes.tasks,
        samples: entries))
  }

  /// Makes the folders of a data set.
  ///
  /// - Throws: `FileError` when there is something already.
  func makeFolders(_ names: [String]) throws {
    let manager = FileManager.default
    if let content = try? manager.contentsOfDirectory(atPath: url.path), !content.isEmpty {
      throw FileError(url, "is not empty: choose another folder, so that nothing is lost")
    }
    for name in names { try manager.createFolder(url.appendingPathComponent(name)) }
  }

  /// Writes the index, which comes last, so that a folder with an index is complete.
  func write(_ index: DatasetIndex) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(index), to: url.appendingPathComponent(DatasetIndex.fileName))
  }

  /// The folder of the images' depth. No task's folder has this name: a task's name has no space.
  static let depthFolder = "image depth"

  /// The name of a sample in its files.
  static func id(_ position: Int) -> String {
    let number = String(position)
    return String(repeating: "0", count: max(0, 6 - number.count)) + number
  }

  private func write(
    _ scene: Scene, _ position: Int, of scenes: Scenes, _ images: ImageOutput
  ) throws -> DatasetIndex.Entry {
    let id = Self.id(position)
    var entry = try images.write(scene.picture, position)
    entry.objects = "objects/\(id).json"
    for task in scenes.tasks { try task.kind.format.write(scene.target(task), of: task, to: url, &entry) }
    if scenes.channels.depthChannel != nil {
      let path = "\(Self.depthFolder)/\(id).png"
      try scene.depthPicture.write(to: url.appendingPathComponent(path))
      entry.depthImage = path
    }
    let instances = Picture(width: scene.width, height: scene.height, channels: 1, samples: .bits8(scene.instances))
    try instances.write(to: url.appendingPathComponent("instances/\(id).png"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try AtomicFile.write(
      encoder.encode(scene.objects.map(ObjectRecord.init)), to: url.appendingPathComponent(entry.objects!))
    return entry
  }
}
