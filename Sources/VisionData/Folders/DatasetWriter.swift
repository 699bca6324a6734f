import Foundation
import Support
import Torch

/// Writes scenes as a data set folder that ``DatasetFolder`` reads.
public struct DatasetWriter {
  public enum PictureFormat: String, Sendable, CaseIterable {
    case png
    case jpeg

    var fileExtension: String { self == .png ? "png" : "jpg" }
  }

  public let url: URL
  public let pictureFormat: PictureFormat

  public init(_ url: URL, pictureFormat: PictureFormat = .png) {
    self.url = url
    self.pictureFormat = pictureFormat
  }

  /// - Parameter progress: called after every scene with the number written so far.
  /// - Throws: ``FileError`` when the folder holds something already, or the disk refuses.
  public func write(_ scenes: Scenes, progress: (Int) -> Void = { _ in }) throws {
    let manager = FileManager.default
    if let content = try? manager.contentsOfDirectory(atPath: url.path), !content.isEmpty {
      throw FileError(url, "is not empty: choose another folder, so that nothing is lost")
    }
    for folder in ["images", "instances", "objects"] + scenes.tasks.map(\.name) {
      try manager.createFolder(url.appendingPathComponent(folder))
    }
    var entries: [DatasetIndex.Entry] = []
    for position in 0..<scenes.count {
      entries.append(try write(scenes.scene(at: position), position, tasks: scenes.tasks))
      progress(position + 1)
    }
    let index = DatasetIndex(
      format: DatasetIndex.currentFormat, height: scenes.height, width: scenes.width, tasks: scenes.tasks,
      samples: entries)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Last, so that a folder with an index is complete.
    try AtomicFile.write(encoder.encode(index), to: url.appendingPathComponent(DatasetIndex.fileName))
  }

  private func write(_ scene: Scene, _ position: Int, tasks: [VisionTask]) throws -> DatasetIndex.Entry {
    let number = String(position)
    let id = String(repeating: "0", count: max(0, 6 - number.count)) + number
    var entry = DatasetIndex.Entry(
      id: id, image: "images/\(id).\(pictureFormat.fileExtension)", targets: [:], objects: "objects/\(id).json")
    try scene.picture.write(to: url.appendingPathComponent(entry.image))
    for task in tasks {
      let path = "\(task.name)/\(id).png"
      try picture(of: scene.target(task), task).write(to: url.appendingPathComponent(path))
      entry.targets[task.name] = path
    }
    let instances = Picture(width: scene.width, height: scene.height, channels: 1, samples: .bits8(scene.instances))
    try instances.write(to: url.appendingPathComponent("instances/\(id).png"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try AtomicFile.write(
      encoder.encode(scene.objects.map(ObjectRecord.init)), to: url.appendingPathComponent(entry.objects!))
    return entry
  }

  private func picture(of target: PixelMap, _ task: VisionTask) -> Picture {
    let count = target.height * target.width
    let samples: Picture.Samples
    switch task.kind {
    case .segmentation, .edges, .saliency: samples = .bits8(target.values.map { UInt8($0) })
    case .depth:
      samples = .bits16(target.values.map { UInt16(($0 * DatasetIndex.depthUnitsPerMetre).rounded()) })
    case .normals:
      var values = [UInt16](repeating: 0, count: 3 * count)
      for index in 0..<count {
        for axis in 0..<3 {
          values[3 * index + axis] = UInt16(((target.values[axis * count + index] + 1) * 32767).rounded())
        }
      }
      samples = .bits16(values)
    case .quantities(let quantities):
      let channels = quantities == 1 ? 1 : 3
      var values = [UInt16](repeating: 0, count: channels * count)
      for index in 0..<count {
        for quantity in 0..<quantities {
          let value = target.values[quantity * count + index] * DatasetIndex.quantityScale
          values[channels * index + quantity] = UInt16(value.rounded())
        }
      }
      return Picture(width: target.width, height: target.height, channels: channels, samples: .bits16(values))
    }
    return Picture(
      width: target.width, height: target.height, channels: task.targetChannels, samples: samples)
  }
}
