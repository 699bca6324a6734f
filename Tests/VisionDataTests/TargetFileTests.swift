import Foundation
import TestSupport
import Testing
import VisionData

/// What data set folders say about ground truth that other tools have written.
@Suite struct TargetFileTests {
  /// A folder with one task and the same file for every sample, read.
  private func targets(
    _ kind: String, _ unclearMasks: UnclearMaskReading = .refused, _ file: (SampleFolder) -> RawPNG
  ) throws -> [DenseMap] {
    try withTemporaryFolder { url in
      var folder = SampleFolder(["task": kind])
      folder.count = 2
      (folder.height, folder.width) = (4, 6)
      let map = file(folder)
      try folder.write(to: url) { _, _ in map }
      let dataset = try DatasetFolder(url, options: DatasetFolder.Options(unclearMasks: unclearMasks))
      return try (0..<dataset.count).map { try #require(try dataset.sample(at: $0).targets["task"]?.map) }
    }
  }

  private static let binary = [
    "{\"saliency\": {}}", "{\"edges\": {}}", "{\"segmentation\": {\"classes\": [\"no\", \"yes\"]}}",
  ]

  // MARK: Masks of 0 and 255

  @Test(arguments: binary)
  func aMaskOf0And255IsNotGuessed(_ kind: String) throws {
    for (content, lowest) in [("0 and 255 alone", 0), ("255 alone", 255)] {
      #expect {
        _ = try targets(kind) { $0.map { row, _ in row < 2 ? lowest : 255 } }
      } throws: { error in
        "\(error)".contains("task0.png: holds \(content)") && "\(error)".contains("data.unclearMasks")
      }
    }
  }

  @Test(arguments: binary)
  func aSettingSaysWhat255Is(_ kind: String) throws {
    func mask(_ folder: SampleFolder) -> RawPNG { folder.map { row, _ in row == 0 ? 255 : 0 } }
    let foreground = try targets(kind, .foreground, mask)
    #expect(
      foreground.count == 2
        && foreground[0].values.values == [Float](repeating: 1, count: 6) + [Float](repeating: 0, count: 18)
        && foreground[0].known == nil)
    let unknown = try targets(kind, .unknown, mask)
    #expect(unknown[0].known?.values == (0..<24).map { $0 >= 6 } && Set(unknown[0].values.values) == [0])
  }

  @Test(arguments: binary, UnclearMaskReading.allCases)
  func beside1A255IsUnknown(_ kind: String, _ unclearMasks: UnclearMaskReading) throws {
    let maps = try targets(kind, unclearMasks) { $0.map { row, _ in [0, 1, 255, 0][row] } }
    #expect(maps[0].known?.values == (0..<24).map { $0 / 6 != 2 } && Set(maps[0].values.values) == [0, 1])
    // Nor is there anything to ask about a mask without 255.
    let empty = try targets(kind, unclearMasks) { $0.map { _, _ in 0 } }[0]
    #expect(Set(empty.values.values) == [0] && empty.known == nil)
  }

  @Test func severalClassesHaveAnUnknown() throws {
    let kind = "{\"segmentation\": {\"classes\": [\"a\", \"b\", \"c\"]}}"
    let map = try targets(kind) { $0.map { row, _ in row == 0 ? 255 : 0 } }[0]
    #expect(map.known?.values == (0..<24).map { $0 >= 6 })
  }

  // MARK: Bit depths and palettes

  @Test(arguments: binary, [1, 2, 4, 8, 16])
  func masksOfAnyDepthAre0And1(_ kind: String, _ bits: Int) throws {
    let maps = try targets(kind) { $0.map(bits: bits) { row, column in (row + column) % 2 } }
    #expect(maps.count == 2 && maps[0].values.values == (0..<24).map { Float(($0 / 6 + $0 % 6) % 2) })
  }

  @Test(arguments: [2, 4, 8])
  func thePalettesIndexIsTheClass(_ bits: Int) throws {
    let classes = "{\"segmentation\": {\"classes\": [\"floor\", \"wall\", \"door\"]}}"
    let maps = try targets(classes) { folder in
      var file = folder.map(bits: bits) { _, column in column % 3 }
      file.color = .palette
      file.palette = [[120, 0, 0], [0, 120, 0], [0, 0, 120], [9, 9, 9]]
      return file
    }
    #expect(maps[0].values.values == (0..<24).map { Float($0 % 3) })
  }

  @Test func numbersBeyondTheClassesAreNamed() throws {
    let classes = "{\"segmentation\": {\"classes\": [\"floor\", \"wall\", \"door\"]}}"
    for (bits, label) in [(2, 3), (4, 15), (8, 254), (16, 65535)] {
      #expect { _ = try targets(classes) { $0.map(bits: bits) { _, _ in label } } } throws: {
        "\($0)".contains("task0.png: holds the label \(label), but 'task' has 3 classes")
      }
      #expect { _ = try targets("{\"saliency\": {}}") { $0.map(bits: bits) { _, _ in label } } } throws: {
        "\($0)".contains("task0.png: holds \(label), but 'task' is 0 or 1")
      }
    }
  }

  @Test(arguments: ["{\"depth\": {}}", "{\"quantities\": {\"count\": 1}}"])
  func numbersNeed16Bits(_ kind: String) throws {
    for bits in [1, 8] {
      #expect { _ = try targets(kind) { $0.map(bits: bits) { _, _ in 1 } } } throws: {
        "\($0)".contains("has 8 bits a sample, but 16 are expected")
      }
    }
    #expect(try targets(kind) { $0.map(bits: 16) { _, _ in 1000 } }.count == 2)
  }

  @Test func filesOfOtherChannelsAreNamed() throws {
    func colors(_ folder: SampleFolder) -> RawPNG {
      RawPNG(height: 4, width: 6, color: .rgb, samples: [Int](repeating: 1, count: 72))
    }
    #expect { _ = try targets("{\"saliency\": {}}", .refused, colors) } throws: {
      "\($0)".contains("task0.png: has 3 channels, but 1 are expected")
    }
    #expect { _ = try targets("{\"normals\": {}}") { $0.map(bits: 16) { _, _ in 1 } } } throws: {
      "\($0)".contains("task0.png: has 1 channels, but 3 are expected")
    }
  }

  @Test func aJPEGIsNoGroundTruth() throws {
    try withTemporaryFolder { url in
      var folder = SampleFolder(["mask": "{\"saliency\": {}}"])
      folder.count = 1
      try folder.write(to: url) { _, _ in folder.map { _, _ in 0 } }
      let picture = Picture(width: 32, height: 32, channels: 1, samples: .bits8([UInt8](repeating: 0, count: 1024)))
      try picture.jpegData().write(to: url.appendingPathComponent("mask0.png"))
      #expect { try DatasetFolder(url).sample(at: 0) } throws: { "\($0)".contains("mask0.png: is a JPEG image") }
    }
  }
}
