import Foundation
import TestSupport
import Testing
import VisionData

/// What is read from public data sets, beside what public loaders read.
@Suite struct DatasetDecodingTests {
  /// Compares all samples of both splits with what is expected of their ids.
  private func compare(
    _ name: String, root: String, tasks: [String], ids: [String], settings: [String: String] = [:],
    _ check: (Sample, Reference, String) throws -> Void
  ) throws {
    let expected = try DatasetResource.expected(name)["samples"]
    let dataset = try DatasetResource.open(DatasetResource.url("\(name)/\(root)"), tasks, settings)
    let samples = try DatasetResource.samples(dataset.training) + DatasetResource.samples(dataset.validation)
    #expect(dataset.note == nil && dataset.training.tasks.map(\.name).sorted() == tasks.sorted())
    for (sample, id) in paired(samples, ids) {
      #expect(sample.targets.keys.sorted() == tasks.sorted())
      try check(sample, expected[id], "\(name) \(id)")
    }
  }

  private func map(_ sample: Sample, _ task: String) throws -> DenseMap { try #require(sample.targets[task]?.map) }

  private let nyudTasks = ["segmentation", "depth", "normals", "edges"]

  /// The survey form, the PNG form and the first one have the same tasks in other files.
  @Test(arguments: [
    ("nyud_mt", "NYUD_MT", ["0003", "0004", "0001"]), ("nyudv2_png", "NYUDv2", ["0003", "0004", "0001"]),
    ("nyud_mt_astmt", "NYUD_MT", ["0003", "0001"]),
  ])
  func nyud(_ name: String, _ root: String, _ ids: [String]) throws {
    let isPNG = name == "nyudv2_png"
    try compare(name, root: root, tasks: nyudTasks, ids: ids) { sample, record, what in
      expect(sample.image, isImage: record["image"]["decoded"], what)
      for (task, source, filling) in [
        ("segmentation", "semseg", 255.0), ("depth", "depth", 0),
        ("normals", "normals", isPNG ? 2 * 128.0 / 255 - 1 : 0),
        ("edges", "edge", 0),
      ] {
        let map = try map(sample, task)
        expect(map, decodedAs: record[source]["decoded"], filling: filling, "\(what) \(task)")
        if record[source].has("ignored") {
          #expect(map.unknownCount == record[source]["ignored"].int, "\(what) \(task)")
        }
      }
    }
  }

  @Test func nyudAsPublishedNumbersHaveIt() throws {
    try compare(
      "nyudv2_png", root: "NYUDv2", tasks: ["normals"], ids: ["0003", "0004", "0001"],
      settings: ["reproduce": "normals"]
    ) { sample, record, what in
      let map = try map(sample, "normals")
      #expect(map.unknownCount == 0 && record["normals"]["ignored_upstream"].int == 0)
      expect(map, decodedAs: record["normals"]["decoded"], filling: .nan, what)
    }
    let folder = DatasetResource.url("nyud_mt_astmt/NYUD_MT")
    let dataset = try DatasetResource.open(folder, ["segmentation"], ["reproduce": "void"])
    #expect(dataset.training.tasks[0].channels == 41)
    let record = try DatasetResource.expected("nyud_mt_astmt")["samples"]["0003"]["semseg"]["decoded_41_classes"]
    expect(try map(dataset.training.sample(at: 0), "segmentation"), decodedAs: record, filling: .nan, "41 classes")
  }

  @Test func numberedArraysOfNYUD() throws {
    try compare(
      "mtan_nyuv2", root: "nyuv2", tasks: ["segmentation", "depth", "normals"], ids: ["train/0", "train/1", "val/0"]
    ) { sample, record, what in
      expect(DenseMap(.quantities, sample.image), decodedAs: record["image"]["decoded"], filling: 0, what)
      for (task, source, filling) in [
        ("segmentation", "segmentation", -1.0), ("depth", "depth", 0), ("normals", "normal", 0),
      ] {
        let map = try map(sample, task)
        expect(map, decodedAs: record[source]["decoded"], filling: filling, "\(what) \(task)")
        #expect(map.unknownCount == record[source]["ignored"].int, "\(what) \(task)")
      }
    }
  }

  @Test func numberedArraysOfCityscapes() throws {
    try compare(
      "mtan_cityscapes", root: "cityscapes2", tasks: ["segmentation", "categories", "disparity"],
      ids: ["train/0", "train/1", "val/0"]
    ) { sample, record, what in
      expect(DenseMap(.quantities, sample.image), decodedAs: record["image"]["decoded"], filling: 0, what)
      expect(
        try map(sample, "segmentation"), decodedAs: record["segmentation19"]["decoded"], filling: -1, "\(what) classes")
      let (categories, disparity) = (try map(sample, "categories"), try map(sample, "disparity"))
      expect(categories, decodedAs: record["segmentation7"]["decoded"], filling: -1, "\(what) categories")
      expect(disparity, decodedAs: record["depth"]["decoded"], filling: 0, "\(what) disparity")
      #expect(categories.unknownCount == record["segmentation7"]["ignored"].int)
      #expect(disparity.unknownCount == record["depth"]["ignored"].int && disparity.content == .inverseDistances)
    }
  }

  @Test func pascalContext() throws {
    try compare(
      "pascal_mt", root: "PASCAL_MT", tasks: ["segmentation", "human-parts", "normals", "saliency", "edges"],
      ids: ["2008_000002", "2008_000003", "2008_000007", "2008_000009"]
    ) { sample, record, what in
      expect(sample.image, isImage: record["image"]["decoded"], what)
      let hasParts = record["human_parts"]["ignored"].int == 0
      for (task, source, filling) in [
        ("segmentation", "semseg", 255.0), ("human-parts", "human_parts", 0), ("normals", "normals", 0),
        ("saliency", "sal", 0), ("edges", "edge", 0),
      ] {
        let map = try map(sample, task)
        expect(map, decodedAs: record[source]["decoded"], filling: filling, "\(what) \(task)")
        let unknown = record[source].has("ignored") ? record[source]["ignored"].int : 0
        #expect(map.unknownCount == unknown, "\(what) \(task)")
      }
      #expect(try map(sample, "human-parts").unknownCount == (hasParts ? 0 : sample.image.height * sample.image.width))
    }
  }

  @Test func imagesWithoutPersonsMayBeLeftOut() throws {
    let folder = DatasetResource.url("pascal_mt/PASCAL_MT")
    let dataset = try DatasetResource.open(folder, ["human-parts"], ["reproduce": "persons"])
    // The second image shows a dog.
    #expect(dataset.training.count == 2 && dataset.validation.count == 1)
    let joint = try DatasetResource.open(folder, ["human-parts", "edges"], ["reproduce": "persons"])
    #expect(joint.training.count == 3)
  }

  @Test func cityscapes() throws {
    try compare(
      "cityscapes", root: "", tasks: ["segmentation", "categories", "disparity", "depth"],
      ids: ["aachen_000000_000019", "bochum_000000_000313", "frankfurt_000000_000294"]
    ) { sample, record, what in
      expect(sample.image, isImage: record["image"]["decoded"], what)
      for (task, source, filling) in [
        ("segmentation", "semseg19", 255.0), ("categories", "semseg7", -1), ("disparity", "disparity", -1),
        ("depth", "depth_m", 0),
      ] {
        let map = try map(sample, task)
        expect(map, decodedAs: record[source]["decoded"], filling: filling, "\(what) \(task)")
        #expect(map.unknownCount == record[source]["ignored"].int, "\(what) \(task)")
      }
    }
  }

  @Test func celeba() throws {
    let tasks = ["attributes", "age", "gender", "clothes", "Bald"]
    let folder = DatasetResource.url("celeba")
    let expected = try DatasetResource.expected("celeba")
    let settings = ["clothes": "Wearing_Necktie", "validation": "val, test"]
    let dataset = try DatasetResource.open(folder, tasks, settings)
    #expect(dataset.training.count == 3 && dataset.validation.count == 4)
    let samples = try DatasetResource.samples(dataset.training) + DatasetResource.samples(dataset.validation)
    let ids = ["train", "val", "test"].flatMap { expected["splits"][$0].array.map(\.string) }
    for (sample, id) in paired(samples, ids) {
      let record = expected["samples"][id]
      expect(sample.image, isImage: record["image"], id)
      let bits = record["attributes"].ints.map { $0 == 1 }
      #expect(sample.targets["attributes"]?.attributes == bits)
      #expect(sample.targets["age"]?.attributes == [record["Young"].int == 1])
      #expect(sample.targets["gender"]?.attributes == [record["Male"].int == 1])
      #expect(sample.targets["clothes"]?.attributes == [record["Wearing_Necktie"].int == 1])
      #expect(sample.targets["Bald"]?.attributes == [bits[4]])
    }
    #expect(dataset.tasks.count == 44 && dataset.tasks[0].attributes == expected["attributes"].array.map(\.string))
    let without = try DatasetReader.registry.require("celeba").tasks(DatasetResource.request(folder, ["age"]))
    #expect(!without.contains { $0.name == "clothes" })
  }

  // MARK: Taskonomy

  private let taskonomyTasks = [
    "normal", "depth_euclidean", "depth_zbuffer", "edge_occlusion", "edge_texture", "keypoints2d", "keypoints3d",
    "principal_curvature", "reshading", "segment_unsup2d", "segment_unsup25d",
  ]

  private func taskonomy(_ tasks: [String], _ settings: [String: String]) throws -> ([Sample], [Reference], String?) {
    let expected = try DatasetResource.expected("taskonomy")["samples"]
    let dataset = try DatasetResource.open(
      DatasetResource.url("taskonomy"), tasks,
      settings.merging(["excluded": "published", "training": "train val", "validation": "test"]) { $1 })
    // Points and views come in the order of their numbers.
    let ids = [
      "hanson/point_0_view_0", "hanson/point_0_view_1", "hanson/point_2_view_0", "hanson/point_10_view_0",
      "collierville/point_0_view_0", "collierville/point_1_view_0", "mcdade/point_0_view_0", "mcdade/point_3_view_2",
    ]
    let samples = try DatasetResource.samples(dataset.training) + DatasetResource.samples(dataset.validation)
    #expect(dataset.training.count == 6 && dataset.validation.count == 2)
    return (samples, ids.map { expected[$0] }, dataset.note)
  }

  @Test func taskonomy() throws {
    let (samples, records, note) = try taskonomy(taskonomyTasks + ["segment_semantic"], [:])
    let remark = try #require(note)
    #expect(remark.hasPrefix("files of tasks are missing (1, the first is /"))
    for (sample, record) in paired(samples, records) {
      var rgb = sample.image
      rgb.values = rgb.values.map { 2 * $0 - 1 }
      expect(DenseMap(.quantities, rgb), decodedAs: record["rgb"]["decoded"], filling: 0, "rgb", tolerance: 1e-5)
      for task in taskonomyTasks {
        let map = try map(sample, task)
        guard record[task].has("decoded") else {
          #expect(map.unknownCount == map.height * map.width)
          continue
        }
        // The published loader takes missing depth as the farthest.
        expect(map, decodedAs: record[task]["decoded"], filling: 1, task, tolerance: 1e-5)
        let unknown = record[task].has("ignored") ? record[task]["ignored"].int : 0
        #expect(map.unknownCount == unknown, "\(task)")
      }
      let semantic = try map(sample, "segment_semantic")
      expect(semantic, decodedAs: record["segment_semantic"]["stored"], filling: 0, "segment_semantic")
      #expect(semantic.unknownCount == record["segment_semantic"]["ignored"].int)
    }
  }

  @Test func classesOfTaskonomy() throws {
    let counts = ["class_object": 1000, "class_scene": 365]
    let (samples, records, _) = try taskonomy(counts.keys.sorted(), [:])
    for (sample, record) in paired(samples, records) {
      for (task, count) in counts {
        guard case .probabilities(let numbers?) = try #require(sample.targets[task]) else {
          Issue.record("'\(task)' has no probabilities")
          continue
        }
        #expect(numbers.count == count && record[task]["shape"].ints == [count])
        for (number, expected) in paired(Array(numbers.prefix(4)), record[task]["first4"].flatDoubles) {
          #expect(abs(Double(number) - expected) <= 1e-9)
        }
        #expect(abs(numbers.reduce(0) { $0 + Double($1) } - record[task]["sum"].double) < 1e-5)
      }
    }
  }

  @Test func classesOfAViewMayBeMissing() throws {
    try DatasetResource.withCopy("taskonomy") { folder in
      try FileManager.default.removeItem(
        at: folder.appendingPathComponent(
          "class_scene/taskonomy/mcdade/point_0_view_0_domain_class_places.npy"))
      let dataset = try DatasetResource.open(
        folder, ["class_scene"], ["excluded": "published", "training": "train", "validation": "test"])
      let targets = try DatasetResource.samples(dataset.validation).map { $0.targets["class_scene"] }
      #expect(targets.count == 2 && targets[0] == .probabilities(nil) && targets[1] != .probabilities(nil))
      let note = try #require(dataset.note)
      #expect(note.contains("missing (1, the first is ") && note.contains("point_0_view_0_domain_class_places.npy)"))
    }
  }

  @Test func depthOfTaskonomyInMeters() throws {
    let (samples, records, _) = try taskonomy(["depth_zbuffer"], ["depth": "meters"])
    for (sample, record) in paired(samples, records) {
      let map = try map(sample, "depth_zbuffer")
      expect(map, decodedAs: record["depth_zbuffer"]["metres"], filling: 0, "meters")
      #expect(map.content == .distances)
    }
  }

  @Test func taskonomyAsPublishedNumbersHaveIt() throws {
    let (samples, _, _) = try taskonomy(["depth_zbuffer", "normal"], ["reproduce": "depth flip resizing"])
    for sample in samples {
      let (depth, normal) = (try map(sample, "depth_zbuffer"), try map(sample, "normal"))
      #expect(sample.image.height == 16 && depth.height == 16 && depth.unknownCount == 0)
      #expect(normal.content == .quantities && normal.channels == 3)
    }
  }
}
