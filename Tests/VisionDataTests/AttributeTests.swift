import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Labels of images as a whole.
@Suite struct AttributeTests {
  private static let names = ["holds-sphere", "top-uncovered", "more-than-six"]

  @Test func attributesFollowFromTheScene() {
    let tasks = Scenes.allTasks.filter { Self.names.contains($0.name) }
    #expect(tasks.map(\.name) == Self.names && tasks.allSatisfy { !$0.isDense && $0.channels == 1 })
    let scenes = Scenes(seed: 21, count: 200, height: 32, width: 48)
    var frequencies = [Int](repeating: 0, count: 3)
    for position in 0..<scenes.count {
      let scene = scenes.scene(at: position)
      let labels = tasks.map { scene.target($0).attributes![0]! }
      #expect(labels[0] == scene.objects.contains { $0.kind == .sphere })
      #expect(labels[2] == (scene.objects.count > 6))
      let highest = scene.objects.map(\.elevation).max()
      #expect(labels[1] == scene.objects.contains { $0.elevation == highest && $0.occlusion < 0.02 })
      for index in 0..<3 where labels[index] { frequencies[index] += 1 }
    }
    // Both answers are frequent.
    #expect(frequencies.allSatisfy { (20...180).contains($0) }, "\(frequencies)")
  }

  private func index(_ samples: String, attributes: String = "[\"young\", \"male\"]") -> String {
    """
    {"format": "polymath-dataset-1", "height": 2, "width": 3,
     "tasks": [{"name": "faces", "kind": {"attributes": {"names": \(attributes)}}},
      {"name": "male", "kind": {"attributes": {"names": ["male"]}}}],
     "samples": [\(samples)]}
    """
  }

  private func read<Result>(_ index: String, _ body: (DatasetFolder) throws -> Result) throws -> Result {
    try withTemporaryFolder { url in
      try RawPNG(height: 2, width: 3, samples: [1, 2, 3, 4, 5, 6]).write(to: url.appendingPathComponent("a.png"))
      try Data(index.utf8).write(to: url.appendingPathComponent(DatasetIndex.fileName))
      return try body(DatasetFolder(url))
    }
  }

  @Test func theIndexHoldsThem() throws {
    let samples = [
      #""attributes": {"young": true, "male": false}"#, #""attributes": {"male": true}"#, #""objects": "x.json""#,
    ].map { #"{"id": "a", "image": "a.png", "targets": {}, \#($0)}"# }
    try read(index(samples.joined(separator: ", "))) { folder in
      let targets = try (0..<3).map { try folder.sample(at: $0).targets }
      #expect(
        targets.map { $0["faces"] } == [
          .attributes([true, false]), .attributes([nil, true]), .attributes([nil, nil]),
        ])
      #expect(targets.map { $0["male"] } == [.attributes([false]), .attributes([true]), .attributes([nil])])
      try folder.requireTargets(of: 1..<3)
      #expect { try folder.requireTargets(of: 2..<3) } throws: { "\($0)".contains("nothing would be known of it") }
    }
  }

  @Test func wrongAttributesAreNamed() throws {
    func complaint(_ index: String) -> String {
      do {
        try read(index) { _ in }
        return "nothing"
      } catch { return "\(error)" }
    }
    let sample = #"{"id": "a", "image": "a.png", "targets": {}, "attributes": {"yung": true}}"#
    #expect(complaint(index(sample)).contains("sample 'a' knows unknown attribute 'yung'. Did you mean 'young'?"))
    let right = #"{"id": "a", "image": "a.png", "targets": {}, "attributes": {"male": true}}"#
    #expect(complaint(index(right, attributes: "[]")).contains("the task 'faces' has no attributes"))
    #expect(complaint(index(right, attributes: #"["a", "a"]"#)).contains("the task 'faces' names an attribute twice"))
    #expect(complaint(index(right, attributes: #"["a", ""]"#)).contains("an attribute without a name"))
    #expect(
      complaint(index(right.replacing("true", with: "1"))).contains("is not a data set index"))
  }
}
