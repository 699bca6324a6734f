import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Images with a channel of depth, from the data sets that have depth beside their other tasks.
@Suite struct DepthChannelTests {
  private func open(
    _ path: String, _ tasks: [String], _ settings: [String: String] = [:]
  ) throws -> Dataset {
    var request = DatasetResource.request(DatasetResource.url(path), tasks, settings)
    request.channels = .rgbd
    return try DatasetReader.reader(named: nil, of: request.folder).open(request)
  }

  @Test(arguments: [
    ("nyud_mt/NYUD_MT", "edges", "depth", [:]), ("nyud_mt_astmt/NYUD_MT", "edges", "depth", [:]),
    ("mtan_nyuv2/nyuv2", "segmentation", "depth", [:]), ("cityscapes", "categories", "depth", [:]),
    (
      "taskonomy", "reshading", "depth_zbuffer",
      ["depth": "meters", "excluded": "published", "training": "train val", "validation": "test"]
    ),
  ])
  func depthIsTheFourthChannel(_ path: String, _ task: String, _ depth: String, _ settings: [String: String]) throws {
    let (alone, both) = (try open(path, [task], settings), try open(path, [task, depth], settings))
    for (first, second) in paired(
      try DatasetResource.samples(alone.training), try DatasetResource.samples(both.training))
    {
      let map = try #require(second.targets[depth]?.map)
      let count = map.height * map.width
      #expect(first.image.channels == 4 && first.depthChannel == 3 && Array(first.targets.keys) == [task])
      #expect(first.image == second.image && Array(first.image.values.suffix(count)) == map.values.values)
      #expect((0..<count).allSatisfy { map.isKnown(pixel: $0) == (map.values.values[$0] > 0) })
      // As the target does, the channel follows a zoom.
      var generator = SeededGenerator(seed: 1)
      let zoomed = RandomZoom(.list([2]), at: .center)(second, using: &generator)
      #expect(Array(zoomed.image.values.suffix(count)) == zoomed.targets[depth]?.map?.values.values)
    }
  }

  @Test func filesOfDepthAreNeeded() throws {
    try DatasetResource.withCopy("nyud_mt") { copy in
      let folder = copy.appendingPathComponent("NYUD_MT")
      try FileManager.default.removeItem(at: folder.appendingPathComponent("depth/0004.npy"))
      var request = DatasetResource.request(folder, ["edges"])
      request.channels = .rgbd
      #expect { try DatasetReader.registry.require("nyud").open(request) } throws: {
        "\($0)".contains("depth/0004.npy: does not exist, but is needed for sample 2 of 2 in train")
      }
    }
  }

  @Test func dataWithoutDepthAreRefused() {
    for (path, task, reader) in [
      ("pascal_mt/PASCAL_MT", "edges", "pascal-context"), ("mtan_cityscapes/cityscapes2", "disparity", "cityscapes"),
      ("celeba", "age", "celeba"),
    ] {
      #expect { try open(path, [task]) } throws: {
        "\($0)".contains("data.channels is rgbd, but there is no depth in meters in this form of \(reader)")
      }
    }
    #expect { try open("taskonomy", ["reshading"], ["excluded": "published"]) } throws: {
      "\($0)".contains("has to have the setting depth: meters")
    }
  }
}
