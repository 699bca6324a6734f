import Foundation
import Support
import Testing
import Torch
import VisionData

/// A data set whose files are all damaged.
private struct Broken: SampleSource {
  var tasks: [VisionTask] { [] }
  var count: Int { 4 }
  func sample(at position: Int) throws -> Sample { throw FileError(URL(fileURLWithPath: "/nowhere"), "is broken") }
}

@Suite struct LoaderTests {
  private func loader(threads: Int, firstBatch: Int = 0) -> BatchLoader {
    let scenes = Scenes(seed: 1, count: 10, height: 32, width: 32)
    return BatchLoader(
      scenes, tasks: scenes.tasks, transforms: [RandomFlip(), ColourJitter(strength: 0.3)], batchSize: 3, seed: 9,
      firstBatch: firstBatch, threads: threads)
  }

  private func batches(_ loader: BatchLoader, _ count: Int) throws -> [[Float]] {
    defer { loader.close() }
    return try (0..<count).map { _ in try loader.next().images.array() }
  }

  @Test func batchesDoNotDependOnThreads() throws {
    #expect(try batches(loader(threads: 1), 7) == batches(loader(threads: 4), 7))
  }

  @Test func aLaterStartGivesTheSameBatches() throws {
    let all = try batches(loader(threads: 2), 7)
    #expect(try batches(loader(threads: 2, firstBatch: 4), 3) == Array(all[4...]))
  }

  @Test func epochsDiffer() throws {
    let all = try batches(loader(threads: 2), 6)
    #expect(Set(all.prefix(3)).isDisjoint(with: all.suffix(3)))
  }

  @Test func targetsHaveTheShapesOfTheirTasks() throws {
    let batch = try loader(threads: 1).next()
    #expect(batch.images.shape == [3, 3, 32, 32])
    #expect(batch.targets["segmentation"]!.signature == "int64[3, 32, 32]")
    #expect(batch.targets["normals"]!.signature == "float32[3, 3, 32, 32]")
    #expect(batch.targets["edges"]!.signature == "float32[3, 1, 32, 32]")
  }

  @Test func errorsOfTheSourceReachTheTraining() throws {
    let loader = BatchLoader(Broken(), tasks: [], transforms: [], batchSize: 2, seed: 1)
    defer { loader.close() }
    #expect(throws: FileError.self) { try loader.next() }
  }

  @Test func unshuffledLoadersVisitEverySample() throws {
    let scenes = Scenes(seed: 1, count: 5, height: 32, width: 32)
    let loader = BatchLoader(scenes, tasks: scenes.tasks, transforms: [], batchSize: 2, seed: 0, isShuffled: false)
    defer { loader.close() }
    #expect(try (0..<loader.batchesPerEpoch).map { _ in try loader.next().count } == [2, 2, 1])
  }
}
