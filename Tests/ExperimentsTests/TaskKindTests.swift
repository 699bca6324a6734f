import Foundation
import Testing

/// What a kind of task is stands in one place for data, and in one for learning.
@Suite struct TaskKindTests {
  @Test func kindsAreToldApartInTwoPlaces() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      // Readers say what a data set has for a kind of task. Heads of dense prediction transformers and COCO's regions have a `segmentation` of their own.
      .filter { !$0.path.contains("/Readers/") && !$0.path.contains("/DPT/") && !$0.path.contains("/COCO/") }
    #expect(files.count > 100)
    let places = try files.flatMap { file in
      let text = try String(contentsOf: file, encoding: .utf8)
      return text.matches(of: /case (let )?\.(segmentation|saliency)\b/).map { _ in file.lastPathComponent }
    }
    #expect(Set(places) == ["VisionTask.swift", "LearnableTask.swift"], "\(places)")
    // The format, the title and the classes of a kind; the losses and metrics, which differ by the family of losses.
    #expect(places.count == 2 + 2 + 1 + 3)
  }
}
