import Foundation
import Support
import Synchronization
import TestSupport
import Testing
import VisionData

/// Counts how often samples are read.
private final class Counting: SampleSource {
  let source: any SampleSource
  private let reads = Mutex(0)

  init(_ source: any SampleSource) { self.source = source }

  var tasks: [VisionTask] { source.tasks }
  var count: Int { source.count }
  var readCount: Int { reads.withLock { $0 } }

  func sample(at position: Int) throws -> Sample {
    reads.withLock { $0 += 1 }
    return try source.sample(at: position)
  }
}

@Suite struct CacheTests {
  private func read(_ cache: CachedSource, times: Int) throws {
    for _ in 0..<times { for position in 0..<cache.count { _ = try cache.sample(at: position) } }
  }

  private func same(_ a: Sample, _ b: Sample) -> Bool {
    func bits(_ map: PixelMap) -> [UInt32] { map.values.map(\.bitPattern) }
    return a == b && bits(a.image) == bits(b.image)
      && a.targets.compactMapValues { $0.map.map { bits($0.values) } }
        == b.targets.compactMapValues { $0.map.map { bits($0.values) } }
  }

  /// Files of all kinds, with unknown pixels.
  private func withFiles(_ body: (DatasetFolder) throws -> Void) throws {
    try withTemporaryFolder { url in
      var folder = SampleFolder([
        "rooms": "{\"segmentation\": {\"classes\": [\"a\", \"b\", \"c\"]}}", "mask": "{\"saliency\": {}}",
        "depth": "{\"depth\": {}}", "normals": "{\"normals\": {}}", "one": "{\"quantities\": {\"count\": 1}}",
        "two": "{\"quantities\": {\"count\": 2}}",
      ])
      folder.count = 3
      try folder.write(to: url) { task, sample in
        switch task {
        case "rooms": folder.map { row, column in row == 0 ? 255 : (row + column) % 3 }
        case "mask": folder.map { row, column in row == 1 ? 255 : (row + column) % 2 }
        case "depth", "one": folder.map(bits: 16) { row, column in [0, 1, 65534, 65535][row % 4] * min(1, column) }
        default:
          RawPNG(
            height: 32, width: 32, color: .rgb, bits: 16,
            samples: (0..<3072).map { $0 < 96 ? 0 : ($0 * 6553 + sample) % 65535 })
        }
      }
      try body(DatasetFolder(url))
    }
  }

  @Test func keptSamplesAreTheSameToTheBit() throws {
    try withFiles { folder in
      let scenes = Scenes(seed: 1, count: 2, height: 32, width: 32, channels: .rgbd)
      for source in [folder, scenes] as [any SampleSource] {
        let counting = Counting(source)
        let cache = CachedSource(counting, budget: CacheBudget(bytes: .max))
        for _ in 0..<2 {
          for position in 0..<source.count {
            let (kept, read) = (try cache.sample(at: position), try source.sample(at: position))
            #expect(same(kept, read), "\(position)")
          }
        }
        #expect(counting.readCount == source.count)
      }
    }
  }

  @Test func whatDoesNotFitIsReadAgain() throws {
    try withFiles { folder in
      // Bytes: 3 of the image, 1 each of rooms and mask; words: 1 each of depth and one, 3 of normals, 2 of two. A bit of
      // what is known: 1 each of rooms, mask, depth, one and normals.
      let size = 1024 * (3 + 1 + 1 + 2 * (1 + 1 + 3 + 2)) + 1024 / 8 * 5
      for (budget, kept) in [(0, 0), (size - 1, 0), (size, 1), (3 * size - 1, 2), (3 * size, 3)] {
        let counting = Counting(folder)
        let cache = CachedSource(counting, budget: CacheBudget(bytes: budget))
        try read(cache, times: 4)
        #expect(counting.readCount == kept + 4 * (3 - kept), "\(budget)")
      }
    }
  }

  @Test func cachesShareTheirBudget() throws {
    let scenes = Scenes(seed: 1, count: 4, height: 32, width: 32, tasks: [VisionTask("edges", .edges)])
    let budget = CacheBudget(bytes: 5 * 1024 * 4)
    let sources = [Counting(scenes), Counting(scenes)]
    for source in sources { try read(CachedSource(source, budget: budget), times: 2) }
    #expect(sources[0].readCount == 4 && sources[1].readCount == 1 + 2 * 3)
  }

  @Test func threadsFillACacheOnce() throws {
    let scenes = Scenes(seed: 1, count: 8, height: 32, width: 32, tasks: [VisionTask("edges", .edges)])
    let counting = Counting(scenes)
    let cache = CachedSource(counting, budget: CacheBudget(bytes: 8 * 1024 * 4))
    DispatchQueue.concurrentPerform(iterations: 64) { _ = try? cache.sample(at: $0 % 8) }
    let reads = counting.readCount
    try read(cache, times: 1)
    #expect(counting.readCount == reads)
  }

  /// Colors are bytes although depth is none; objects and attributes count.
  @Test func everythingCounts() throws {
    func size(_ tasks: [String], _ channels: ImageChannels = .rgb) throws -> Int {
      let scenes = Scenes(
        seed: 1, count: 3, height: 32, width: 32, tasks: Scenes.allTasks.filter { tasks.contains($0.name) },
        channels: channels)
      return try CachedSource(scenes, budget: CacheBudget(bytes: 0)).expectedByteCount() / 3
    }
    #expect(try size([]) == 3 * 1024)
    #expect(try size([], .rgbd) == 3 * 1024 + 4 * 1024)
    #expect(try size(["edges"]) == 4 * 1024)
    #expect(try size(["holds-sphere"]) == 3 * 1024 + 1)
    let runs = Scenes(seed: 1, count: 1, height: 32, width: 32).scene(at: 0).objects.reduce(0) {
      $0 + $1.visibleMask.counts.count + $1.amodalMask.counts.count
    }
    #expect(try size(["objects"]) > 3 * 1024 + 8 * runs)
  }
}
