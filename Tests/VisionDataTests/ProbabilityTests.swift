import FileBytes
import Foundation
import TestSupport
import Testing
import VisionData

/// Probabilities of classes of images as a whole.
@Suite struct ProbabilityTests {
  private struct Source: SampleSource {
    let targets: [Target]
    var tasks: [VisionTask] { [VisionTask("scene", .probabilities(count: 3))] }
    var count: Int { targets.count }
    func sample(at position: Int) -> Sample {
      Sample(image: PixelMap(channels: 3, height: 2, width: 3), targets: ["scene": targets[position]])
    }
  }

  @Test func foldersHoldThem() throws {
    try withTemporaryFolder { url in
      let targets: [Target] = [.probabilities([0.1, 0.7, 0.2]), .probabilities(nil), .probabilities([0, 0, 1])]
      try DatasetWriter(url).write(Source(targets: targets))
      let folder = try DatasetFolder(url)
      #expect(folder.tasks.map(\.channels) == [3] && !folder.tasks[0].isDense)
      #expect(try (0..<3).map { try folder.sample(at: $0).targets["scene"] } == targets)
      // Files of NumPy can hold other types, and nothing changes in a cache or under a change of the image.
      let file = url.appendingPathComponent("scene/000000.npy")
      let doubles = [0.25, 0.25, 0.5].flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
      try Data(NPYBytes(description: "<f8", shape: "(3,)", content: doubles).bytes).write(to: file)
      let cached = CachedSource(folder, budget: CacheBudget(bytes: .max))
      _ = try cached.sample(at: 0)
      let sample = try cached.sample(at: 0)
      #expect(sample.applying(.flip).targets["scene"] == .probabilities([0.25, 0.25, 0.5]))
    }
  }

  @Test func wrongFilesAreNamed() throws {
    try withTemporaryFolder { url in
      try DatasetWriter(url).write(Source(targets: [.probabilities([0.1, 0.7, 0.2])]))
      let file = url.appendingPathComponent("scene/000000.npy")
      func complaint(_ numbers: [Float], shape: String = "(3,)") throws -> String {
        try Data(NPYBytes(numbers, shape: shape).bytes).write(to: file)
        do {
          _ = try DatasetFolder(url).sample(at: 0)
          return "nothing"
        } catch { return "\(error)" }
      }
      #expect(try complaint([0.5, 0.25, 0.25]) == "nothing")
      #expect(try complaint([1, 0], shape: "(2,)").contains("the shape [2], but the probabilities of 3 classes"))
      #expect(try complaint([1, 0, 0], shape: "(1, 3)").contains("the shape [1, 3]"))
      #expect(try complaint([0.5, .nan, 0.5]).contains("holds nan for class 1, but probabilities lie between 0 and 1"))
      #expect(try complaint([1.5, -0.5, 0]).contains("holds 1.5 for class 0"))
      #expect(try complaint([0.5, 0.2, 0.2]).contains("whose sum is 0.9, but it has to be 1"))
      try FileManager.default.removeItem(at: file)
      #expect { try DatasetFolder(url).sample(at: 0) } throws: { "\($0)".contains("000000.npy") }
      let index = url.appendingPathComponent(DatasetIndex.fileName)
      let text = try String(contentsOf: index, encoding: .utf8)
      try Data(text.replacing("\"count\" : 3", with: "\"count\" : 1").utf8).write(to: index)
      #expect { try DatasetFolder(url) } throws: { "\($0)".contains("has probabilities of 1 classes, but 2 to 100000") }
    }
  }
}
