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
      scenes, tasks: scenes.tasks, transforms: [RandomFlip(), ColorJitter(strength: 0.3)], batchSize: 3, seed: 9,
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
    #expect(batch.targets["segmentation"]!.values.signature == "int64[3, 32, 32]")
    #expect(batch.targets["normals"]!.values.signature == "float32[3, 3, 32, 32]")
    #expect(batch.targets["edges"]!.values.signature == "float32[3, 1, 32, 32]")
    #expect(batch.targets["holds-sphere"]!.values.signature == "float32[3, 1]")
    #expect(batch.targets.values.allSatisfy { $0.known == nil } && batch.targets.count == Scenes.allTasks.count - 1)
    #expect(batch.objects.keys.sorted() == ["objects"] && batch.objects["objects"]!.count == 3)
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

  // MARK: Masks

  private func image(_ targets: [String: Target]) -> Sample {
    Sample(image: PixelMap(channels: 3, height: 1, width: 2), targets: targets)
  }

  @Test func masksOfMapsStandBesideTheirValues() {
    let tasks = [
      VisionTask("rooms", .segmentation(classes: ["a", "b"])), VisionTask("depth", .depth),
      VisionTask("two", .quantities(count: 2)), VisionTask("normals", .normals),
    ]
    func map(_ content: MapContent, _ values: [Float], _ known: [Bool]?) -> Target {
      let channels = values.count / 2
      return .map(
        DenseMap(
          content, PixelMap(channels: channels, height: 1, width: 2, values: values),
          known: known.map { PixelMask(channels: $0.count / 2, height: 1, width: 2, values: $0) }))
    }
    let samples = [
      image([
        "rooms": map(.classes, [1, 77], [true, false]), "depth": map(.distances, [1, 2], nil),
        "two": map(.quantities, [1, 2, 3, 4], [true, true, false, true]),
        "normals": map(.directions, [1, 0, 0, 0, 0, 1], [false, true]),
      ]),
      image([
        "rooms": map(.classes, [0, 1], nil), "depth": map(.distances, [3, 4], [true, true]),
        "two": map(.quantities, [5, 6, 7, 8], nil), "normals": map(.directions, [1, 0, 0, 0, 0, 1], nil),
      ]),
    ]
    let targets = Batch(samples, tasks: tasks).targets
    #expect(targets["rooms"]!.values.array(of: Int.self) == [1, 0, 0, 1])
    #expect(targets["rooms"]!.known?.signature == "bool[2, 1, 2]")
    #expect(targets["rooms"]!.known?.array() == [true, false, true, true])
    #expect(targets["depth"]!.known == nil && targets["depth"]!.values.array() == [1, 2, 3, 4] as [Float])
    #expect(targets["two"]!.known?.signature == "bool[2, 2, 1, 2]")
    #expect(targets["two"]!.known?.array() == [true, true, false, true, true, true, true, true])
    #expect(targets["normals"]!.known?.signature == "bool[2, 1, 1, 2]")
    #expect(targets["normals"]!.images[0].known?.array() == [false, true])
  }

  @Test func probabilitiesAreKnownOfAnImageOrNot() {
    let task = VisionTask("scene", .probabilities(count: 3))
    let known = image(["scene": .probabilities([0.5, 0.25, 0.25])])
    let some = Batch([known, image(["scene": .probabilities(nil)])], tasks: [task]).targets["scene"]!
    #expect(some.values.signature == "float32[2, 3]" && some.known?.signature == "bool[2, 1]")
    #expect(some.values.array() == [0.5, 0.25, 0.25, 0, 0, 0] as [Float] && some.known?.array() == [true, false])
    #expect(Batch([known], tasks: [task]).targets["scene"]!.known == nil)
  }

  @Test func attributesHaveMasks() {
    let task = VisionTask("faces", .attributes(names: ["young", "male"]))
    let some = Batch(
      [image(["faces": .attributes([true, nil])]), image(["faces": .attributes([false, true])])], tasks: [task])
    #expect(some.targets["faces"]!.values.array() == [1, 0, 0, 1] as [Float])
    #expect(some.targets["faces"]!.known?.array() == [true, false, true, true])
    #expect(Batch([image(["faces": .attributes([true, false])])], tasks: [task]).targets["faces"]!.known == nil)
  }
}
