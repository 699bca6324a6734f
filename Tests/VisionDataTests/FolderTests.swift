import Foundation
import Support
import TestSupport
import Testing
import Torch
import VisionData

@Suite struct PictureTests {
  private func random(_ channels: Int, bits: Int) -> Picture {
    var generator = SeededGenerator(seed: 1)
    let count = 13 * 7 * channels
    return Picture(
      width: 13, height: 7, channels: channels,
      samples: bits == 8
        ? .bits8((0..<count).map { _ in .random(in: 0...255, using: &generator) })
        : .bits16((0..<count).map { _ in .random(in: 0...65535, using: &generator) }))
  }

  @Test(arguments: [1, 3, 4], [8, 16])
  func pngKeepsEveryBit(_ channels: Int, _ bits: Int) throws {
    let picture = random(channels, bits: bits)
    #expect(try Picture(picture.pngData(), from: URL(fileURLWithPath: "/x.png")) == picture)
  }

  @Test func jpegKeepsThePicture() throws {
    let scene = Scenes(seed: 1, count: 1).scene(at: 0).picture
    let back = try Picture(scene.jpegData(quality: 95), from: URL(fileURLWithPath: "/x.jpg"))
    guard case .bits8(let a) = scene.samples, case .bits8(let b) = back.samples else { return }
    let error = paired(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } / a.count
    #expect(back.width == scene.width && back.height == scene.height && error < 8)
  }

  @Test func damagedPicturesAreErrors() throws {
    let url = URL(fileURLWithPath: "/some/picture.png")
    let scene = Scenes(seed: 1, count: 1).scene(at: 0).picture
    for data in [try scene.pngData(), try scene.jpegData()] {
      for length in [9, 30, data.count / 2, data.count - 3] {
        #expect { try Picture(data.prefix(length), from: url) } throws: { "\($0)".contains(url.path) }
      }
    }
    #expect { try Picture(Data("no picture".utf8), from: url) } throws: { "\($0)".contains("neither a PNG nor a JPEG") }
    #expect { try Picture(contentsOf: url) } throws: { "\($0)".contains("does not exist") }
  }
}

@Suite struct FolderTests {
  private let scenes = Scenes(seed: 3, count: 3, height: 32, width: 48)

  @Test(arguments: DatasetWriter.PictureFormat.allCases)
  func writtenScenesComeBack(_ format: DatasetWriter.PictureFormat) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      try DatasetWriter(url, pictureFormat: format).write(scenes)
      let dataset = try DatasetFolder(url)
      #expect(dataset.count == 3 && dataset.tasks == scenes.tasks)
      for position in 0..<3 {
        let (read, drawn) = (try dataset.sample(at: position), scenes.sample(at: position))
        for task in [
          "segmentation", "edges", "saliency", "parts", "occlusion-edges", "holds-sphere", "top-uncovered",
          "more-than-six", "objects",
        ] {
          #expect(read.targets[task] == drawn.targets[task])
        }
        let tolerances: [(String, Float)] = [
          ("depth", 6e-5), ("distance", 6e-5), ("normals", 4e-5), ("curvature", 2e-5), ("reshading", 2e-5),
          ("keypoints", 2e-5),
        ]
        for (task, tolerance) in tolerances {
          expectClose(
            read.targets[task]!.map!.values.values, drawn.targets[task]!.map!.values.values,
            tolerance: Double(tolerance), task)
        }
        if format == .png { #expect(read.image == drawn.image) }
      }
      let objects = try JSONDecoder().decode(
        [ObjectRecord].self, from: Data(contentsOf: url.appendingPathComponent("objects/000001.json")))
      #expect(objects.map(\.amodalMask) == scenes.scene(at: 1).objects.map(\.amodalMask))
    }
  }

  @Test func aFolderThatHoldsSomethingIsNotWrittenTo() throws {
    try withTemporaryFolder { folder in
      try Data("mine".utf8).write(to: folder.appendingPathComponent("file"))
      #expect { try DatasetWriter(folder).write(scenes) } throws: { "\($0)".contains("is not empty") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
  }

  /// Breaks one thing in a good folder and tells what reading says.
  private func complaint(_ breaking: (URL) throws -> Void) throws -> String {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      try DatasetWriter(url).write(scenes)
      try breaking(url)
      do {
        let dataset = try DatasetFolder(url)
        for position in 0..<dataset.count { _ = try dataset.sample(at: position) }
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  @Test func brokenFoldersSayWhatIsWrong() throws {
    let index = DatasetIndex.fileName
    func flat(_ value: UInt8, width: Int = 48, height: Int = 32) -> Picture {
      Picture(
        width: width, height: height, channels: 1, samples: .bits8([UInt8](repeating: value, count: width * height)))
    }
    let damages: [(answer: String, breaking: (URL) throws -> Void)] = [
      ("has no readable dataset.json", { try FileManager.default.removeItem(at: $0.appendingPathComponent(index)) }),
      ("is not a data set index", { try Data("{".utf8).write(to: $0.appendingPathComponent(index)) }),
      (
        "is no path inside of the folder",
        { url in
          let file = url.appendingPathComponent(index)
          let text = try String(contentsOf: file, encoding: .utf8)
          try Data(text.replacing("images/000001.png", with: "../../etc/passwd").utf8).write(to: file)
        }
      ),
      (
        "is no path inside of the folder",
        { url in
          let image = url.appendingPathComponent("images/000001.png")
          try FileManager.default.removeItem(at: image)
          try FileManager.default.createSymbolicLink(
            at: image, withDestinationURL: URL(fileURLWithPath: "/etc/hostname"))
        }
      ),
      (
        "depth/000002.png: does not exist",
        { try FileManager.default.removeItem(at: $0.appendingPathComponent("depth/000002.png")) }
      ),
      ("edges/000000.png: is empty", { try Data().write(to: $0.appendingPathComponent("edges/000000.png")) }),
      (
        "is 4×4, but the data set's images are 32×48",
        { try flat(0, width: 4, height: 4).write(to: $0.appendingPathComponent("edges/000000.png")) }
      ),
      (
        "has 8 bits a sample, but 16 are expected",
        { try flat(9).write(to: $0.appendingPathComponent("depth/000000.png")) }
      ),
      ("holds 7, but 'edges' is 0 or 1", { try flat(7).write(to: $0.appendingPathComponent("edges/000000.png")) }),
      (
        "has to be named with letters",
        { url in
          let file = url.appendingPathComponent(index)
          let text = try String(contentsOf: file, encoding: .utf8)
          try Data(text.replacing("\"name\" : \"edges\"", with: "\"name\" : \"../edges\"").utf8).write(to: file)
        }
      ),
      (
        "lists no tasks",
        { url in
          let file = url.appendingPathComponent(index)
          var content = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
          content["tasks"] = [Any]()
          try JSONSerialization.data(withJSONObject: content).write(to: file)
        }
      ),
      (
        "says that images are -32×48",
        { url in
          let file = url.appendingPathComponent(index)
          let text = try String(contentsOf: file, encoding: .utf8)
          try Data(text.replacing("\"height\" : 32", with: "\"height\" : -32").utf8).write(to: file)
        }
      ),
      ("holds the label 77", { try flat(77).write(to: $0.appendingPathComponent("segmentation/000000.png")) }),
    ]
    for damage in damages {
      let found = try complaint(damage.breaking)
      #expect(found.contains(damage.answer), "\(found)")
    }
  }
}
