import FileBytes
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
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "faces", "kind": {"attributes": {"names": ["young", "male"]}}},
      {"name": "objects", "kind": {"objects": {"classes": ["box", "ball"]}}}],
     "samples": [{"id": "a", "image": "image.png", "targets": {}, "attributes": {"young": true, "male": false},
      "objects": "objects.json"}]}
    """,
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "faces", "kind": {"attributes": {"names": ["young"]}}}],
     "samples": [{"id": "a", "image": "images.npy", "imagePosition": 1, "targets": {}, "attributes": {"young": true}},
      {"id": "b", "image": "images.npy", "imagePosition": 0, "targets": {}}]}
    """,
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "scene", "kind": {"probabilities": {"count": 3}}}],
     "samples": [{"id": "a", "image": "image.png", "targets": {"scene": "scene.npy"}},
      {"id": "b", "image": "image.png", "targets": {}}]}
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
    let pack = NPYBytes(description: "|u1", shape: "(2, 2, 3, 3)", content: (0..<36).map { UInt8($0 * 7) })
    try Data(pack.bytes).write(to: self.folder.appendingPathComponent("images.npy"))
    try Data(NPYBytes([0.25, 0.25, 0.5]).bytes)
      .write(to: self.folder.appendingPathComponent("scene.npy"))
    let mask = #"{"height": 2, "width": 3, "counts": [1, 2, 3]}"#
    try Data(
      #"[{"kind": "ball", "box": [1, 0, 3, 1], "occlusion": 0, "visibleMask": \#(mask), "amodalMask": \#(mask)}]"#.utf8
    ).write(to: self.folder.appendingPathComponent("objects.json"))
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
      for task in dataset.tasks { try check(sample.targets[task.name]!, of: task) }
    }
  }

  private func check(_ target: Target, of task: VisionTask) throws {
    switch target {
    case .map(let map):
      guard task.isDense, map.height == 2, map.width == 3, map.values.values.allSatisfy({ $0.isFinite }) else {
        throw Violation("'\(task.name)' has a map of \(map.height)×\(map.width), or values that are no numbers")
      }
    case .attributes(let labels):
      guard labels.count == task.channels else { throw Violation("'\(task.name)' has \(labels.count) attributes") }
    case .probabilities(let numbers):
      guard numbers.map({ $0.count == task.channels && $0.allSatisfy { (0...1).contains($0) } }) ?? true else {
        throw Violation("'\(task.name)' has probabilities \(numbers!)")
      }
    case .objects(let objects):
      guard objects.allSatisfy({ $0.amodalMask.height == 2 && $0.amodalMask.width == 3 }) else {
        throw Violation("'\(task.name)' has masks of other sizes")
      }
    }
  }
}
