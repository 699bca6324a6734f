import Foundation
import TestSupport
import Testing
import Torch
import VisionData

/// Images with depth as their fourth channel.
@Suite struct DepthImageTests {
  private let tasks = Scenes.allTasks.filter { $0.name == "edges" }

  @Test func scenesGiveDepthInMeters() {
    let scenes = Scenes(seed: 2, count: 1, height: 32, width: 32, tasks: tasks, channels: .rgbd)
    let (sample, scene) = (scenes.sample(at: 0), scenes.scene(at: 0))
    #expect(sample.image.channels == 4 && sample.depthChannel == 3)
    #expect(Array(sample.image.values.suffix(1024)) == scene.depth)
    let colors = Scenes(seed: 2, count: 1, height: 32, width: 32, tasks: tasks).sample(at: 0)
    #expect(colors.depthChannel == nil && Array(sample.image.values.prefix(3072)) == colors.image.values)
    #expect(sample.targets == colors.targets)
    #expect(Batch([sample, sample], tasks: tasks).images.shape == [2, 4, 32, 32])
  }

  @Test func foldersKeepIt() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      let scenes = Scenes(seed: 2, count: 2, height: 32, width: 32, tasks: tasks, channels: .rgbd)
      try DatasetWriter(url).write(scenes)
      let dataset = try DatasetFolder(url, options: DatasetFolder.Options(channels: .rgbd))
      let (read, drawn) = (try dataset.sample(at: 1), scenes.sample(at: 1))
      #expect(read.image.channels == 4 && read.depthChannel == 3 && read.targets == drawn.targets)
      expectClose(read.image.values, drawn.image.values, tolerance: 6e-5)
      #expect(Array(read.image.values.prefix(3072)) == Array(drawn.image.values.prefix(3072)))
      #expect(try DatasetFolder(url).sample(at: 1).image.channels == 3)
    }
  }

  @Test func aFolderWithoutDepthSaysSo() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      try DatasetWriter(url).write(Scenes(seed: 2, count: 1, height: 32, width: 32, tasks: tasks))
      #expect {
        try DatasetFolder(url, options: DatasetFolder.Options(channels: .rgbd)).sample(at: 0)
      } throws: { "\($0)".contains("names no depthImage for the sample '000000'") }
    }
  }
}
