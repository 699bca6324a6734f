import Foundation
import Support
import VisionData

/// The index of a data set folder, beside pictures that are whole.
struct DatasetSubject: Subject {
  static let name = "datasets"

  private static let corpus = [
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "rooms", "kind": {"segmentation": {"classes": ["floor", "wall"]}}},
      {"name": "depth", "kind": {"depth": {}}}, {"name": "normals", "kind": {"normals": {}}}],
     "samples": [{"id": "a", "image": "image.png", "targets": {"rooms": "grey.png", "depth": "grey16.png",
      "normals": "color16.png"}}]}
    """,
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "edges", "kind": {"edges": {}}}, {"name": "saliency", "kind": {"saliency": {}}},
      {"name": "both", "kind": {"quantities": {"count": 2}}}, {"name": "one", "kind": {"quantities": {"count": 1}}}],
     "samples": [{"id": "a", "image": "image.png", "targets": {"edges": "grey.png", "saliency": "grey.png",
      "both": "color16.png", "one": "grey16.png"}}, {"id": "b", "image": "image.png", "targets": {}, "objects": "x.json"}]}
    """,
  ].map { Array($0.utf8) }

  private let folder: URL
  private let damage = TextDamage.json(corpus)

  init(in folder: URL) throws {
    self.folder = folder.appendingPathComponent("dataset")
    try FileManager.default.createFolder(self.folder)
    func write(_ name: String, _ channels: Int, _ samples: Picture.Samples) throws {
      let picture = Picture(width: 3, height: 2, channels: channels, samples: samples)
      try Data(picture.pngData()).write(to: self.folder.appendingPathComponent(name))
    }
    try write("image.png", 3, .bits8((0..<18).map { UInt8($0 * 14) }))
    try write("grey.png", 1, .bits8([0, 1, 0, 1, 1, 255]))
    try write("grey16.png", 1, .bits16([0, 1, 1000, 30_000, 60_000, 65_535]))
    try write("color16.png", 3, .bits16((0..<18).map { UInt16($0 * 3640) }))
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: folder.appendingPathComponent(DatasetIndex.fileName))
    let dataset = try DatasetFolder(folder)
    for position in 0..<min(3, dataset.count) {
      let sample = try dataset.sample(at: position)
      guard sample.targets.count == dataset.tasks.count else { throw Violation("a task has no target") }
      for task in dataset.tasks {
        let target = sample.targets[task.name]!
        guard target.channels == task.targetChannels, target.values.allSatisfy({ $0.isFinite }) else {
          throw Violation("'\(task.name)' has \(target.channels) channels, or values that are no numbers")
        }
      }
    }
  }
}
