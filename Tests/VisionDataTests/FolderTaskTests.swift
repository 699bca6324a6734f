import Foundation
import TestSupport
import Testing
import VisionData

/// Which of a folder's files are read.
@Suite struct FolderTaskTests {
  private static let kinds: KeyValuePairs = [
    "rooms": "{\"segmentation\": {\"classes\": [\"floor\", \"wall\", \"door\"]}}", "mask": "{\"saliency\": {}}",
    "normals": "{\"normals\": {}}",
  ]

  private func map(_ folder: SampleFolder, _ task: String) -> RawPNG {
    guard task == "normals" else { return folder.map { row, _ in row % 2 } }
    return RawPNG(
      height: folder.height, width: folder.width, color: .rgb, bits: 16,
      samples: [Int](repeating: 40000, count: 3 * folder.height * folder.width))
  }

  private func withFolder<Result>(
    missing isMissing: (_ task: String, _ sample: Int) -> Bool = { _, _ in false }, _ body: (URL) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { url in
      var folder = SampleFolder(Self.kinds)
      folder.count = 4
      try folder.write(to: url) { isMissing($0, $1) ? nil : map(folder, $0) }
      return try body(url)
    }
  }

  @Test func withoutAFileNothingIsKnown() throws {
    try withFolder { task, sample in
      task != "rooms" && sample % 2 == 1
    } _: { url in
      let dataset = try DatasetFolder(url)
      for position in 0..<4 {
        let targets = try dataset.sample(at: position).targets
        #expect(targets.count == 3 && targets["rooms"]!.map!.values.values.contains(1))
        for (task, channels) in [("mask", 1), ("normals", 3)] {
          let target = try #require(targets[task]?.map)
          #expect(target.channels == channels && target.height == 32 && target.width == 32)
          #expect((target.known?.values ?? [true]).allSatisfy { $0 == (position % 2 == 0) })
        }
      }
    }
  }

  @Test func aTaskWithoutAnyFileIsAnError() throws {
    try withFolder { task, sample in
      task == "mask" && sample > 0
    } _: { url in
      let dataset = try DatasetFolder(url)
      try dataset.requireTargets(of: 0..<1)
      #expect { try dataset.requireTargets(of: 1..<4) } throws: {
        "\($0)".contains("names no file for 'mask' in its samples 2 to 4")
      }
    }
    try withFolder { task, _ in
      task == "mask"
    } _: { url in
      #expect { try DatasetFolder(url) } throws: {
        "\($0)".contains("dataset.json: names no file for 'mask' in its samples 1 to 4")
      }
      let rooms = try DatasetFolder(url, tasks: ["rooms"])
      #expect(rooms.tasks.map(\.name) == ["rooms"])
    }
  }

  @Test func onlyTheFilesOfWantedTasksAreRead() throws {
    try withFolder { url in
      for sample in 0..<4 {
        try FileManager.default.removeItem(at: url.appendingPathComponent("mask\(sample).png"))
        try Data("damaged".utf8).write(to: url.appendingPathComponent("normals\(sample).png"))
      }
      let dataset = try DatasetFolder(url, tasks: ["rooms", "nothing"])
      #expect(dataset.tasks.map(\.name) == ["rooms"] && dataset.index.tasks.count == 3)
      for position in 0..<4 { #expect(try Array(dataset.sample(at: position).targets.keys) == ["rooms"]) }
      #expect(throws: (any Error).self) { try DatasetFolder(url, tasks: ["mask"]).sample(at: 0) }
    }
  }

  @Test func anIndexCannotClaimAnySize() throws {
    try withFolder { url in
      let file = url.appendingPathComponent(DatasetIndex.fileName)
      let text = try String(contentsOf: file, encoding: .utf8)
      for height in ["100000000", "\(Int.max)"] {
        try Data(text.replacing("\"height\": 32", with: "\"height\": \(height)").utf8).write(to: file)
        #expect { try DatasetFolder(url) } throws: { "\($0)".contains("more than the limit of 100000000 pixels") }
      }
      try Data(text.utf8).write(to: file)
      #expect { try DatasetFolder(url, options: DatasetFolder.Options(pixelLimit: 1000)) } throws: {
        "\($0)".contains("more than the limit of 1000 pixels")
      }
    }
  }

  /// A camera's portrait is stored on its side: upright, it has the size of its labels.
  @Test func imagesHaveTheirSizeUpright() throws {
    let portrait = Bundle.module.bundleURL.appendingPathComponent("Resources/orientation-6.jpg")
    try withTemporaryFolder { url in
      for (height, width) in [(64, 32), (32, 64)] {
        let target = url.appendingPathComponent("\(height)")
        var folder = SampleFolder(["mask": "{\"saliency\": {}}"])
        (folder.height, folder.width, folder.count) = (height, width, 1)
        try folder.write(to: target) { _, _ in folder.map { row, _ in row % 2 } }
        try Data(contentsOf: portrait).write(to: target.appendingPathComponent("image0.png"))
        if height == 64 {
          #expect(try DatasetFolder(target).sample(at: 0).image.height == 64)
        } else {
          #expect { try DatasetFolder(target).sample(at: 0) } throws: {
            "\($0)".contains("image0.png: is 64×32, but the data set's images are 32×64")
          }
        }
      }
    }
  }
}
