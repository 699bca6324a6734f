import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Data sets with objects, beside what public loaders read.
@Suite struct ObjectDatasetTests {
  private let datasets = Bundle.module.bundleURL.appendingPathComponent("Resources/datasets")

  private func url(_ path: String) -> URL { datasets.appendingPathComponent(path) }

  private func open(
    _ folder: URL, _ tasks: [String], _ settings: [String: String] = [:],
    validationFolder: URL? = nil, channels: ImageChannels = .rgb
  ) throws -> Dataset {
    try DatasetReader.reader(named: nil, of: folder).open(
      DatasetRequest(
        folder: folder, validationFolder: validationFolder, tasks: tasks, trainingCount: 1000, validationCount: 1000,
        height: 8, width: 8, channels: channels, settings: settings))
  }

  /// Checks shape, sum, and every probe of a map.
  private func check(_ map: PixelMap, scale: Double, _ record: Reference, _ what: String) {
    let shape = [map.height, map.width] + (map.channels == 1 ? [] : [map.channels])
    #expect(shape == record["shape"].ints, "\(what)")
    if record.has("sum") {
      let (sum, wanted) = (map.values.reduce(0) { $0 + Double($1) } * scale, record["sum"].double)
      #expect(abs(sum - wanted) <= 2e-6 * wanted + 1e-3, "\(what): the sum is \(sum), not \(wanted)")
    }
    let tolerance = record.has("tolerance") ? record["tolerance"].double : 1e-4
    for probe in record["probes"].array {
      let (row, column) = (probe[0].int, probe[1].int)
      let wanted = probe[2].value is String ? [0] : probe[2].flatDoubles
      let found = (0..<map.channels).map { Double(map[$0, row, column]) * scale }
      #expect(found.count == wanted.count || Set(found).count == 1, "\(what)")
      for (a, b) in zip(found, wanted) {
        // Values are kept in float32.
        #expect(abs(a - b) <= max(tolerance, 1e-7 * abs(b)), "\(what) at \(row), \(column): \(a), not \(b)")
      }
    }
  }

  private func check(_ objects: [ObjectAnnotation], _ record: Reference, _ what: String) {
    #expect(objects.count == record.array.count, "\(what)")
    for (object, wanted) in zip(objects, record.array) {
      let box = [object.box.x1, object.box.y1, object.box.x2 - object.box.x1, object.box.y2 - object.box.y1]
      #expect(object.amodalMask.area == wanted["amodal_area"].int, "\(what)")
      #expect(object.visibleMask.area == wanted["visible_area"].int, "\(what)")
      #expect(box == wanted["amodal_box_xywh"].ints, "\(what)")
      #expect(!object.isCrowd)
      for key in ["occluded_rate", "occlusion"] where wanted.has(key) {
        #expect(abs(object.occludedFraction - wanted[key].double) < 1e-4, "\(what)")
      }
      guard wanted.has("visible_box_xywh"), let seen = object.visibleMask.box else { continue }
      #expect([seen.x1, seen.y1, seen.x2 - seen.x1, seen.y2 - seen.y1] == wanted["visible_box_xywh"].ints, "\(what)")
    }
  }

  // MARK: COCO

  @Test func coco() throws {
    let expected = try Reference(contentsOf: url("coco/expected.json"))
    let dataset = try open(url("coco"), ["objects"])
    // There is one file of annotations, with two images.
    #expect(dataset.note?.contains("there is one file of annotations") == true)
    #expect(dataset.training.count == 1 && dataset.validation.count == 1)
    let all = try open(
      url("coco"), ["objects"], ["training": "annotations/instances_val2017.json"])
    #expect(all.training.count == 2 && all.validation.count == 2 && all.note == nil)
    #expect(all.tasks == [VisionTask("objects", .objects(classes: ["person", "car", "dog"]))])
    for (position, image) in ["139", "285"].enumerated() {
      let records = expected["annotations"].keys.map { expected["annotations"][$0] }
        .filter { "\($0["image"].int)" == image && $0["valid"].bool }
      for (source, keepsCrowds) in [(all.training, false), (all.validation, true)] {
        let sample = try source.sample(at: position)
        check(sample.image, scale: 255, expected["images"][image], image)
        let objects = try #require(sample.target(of: "objects").objects)
        let wanted = records.filter { keepsCrowds || $0["iscrowd"].int == 0 }
        #expect(objects.count == wanted.count)
        for (object, record) in zip(objects, wanted) {
          #expect(object.label == record["class"].int && object.isCrowd == (record["iscrowd"].int == 1))
          #expect(object.amodalMask.area == record["area"].int && object.visibleMask == object.amodalMask)
          // Down the columns.
          let mask = object.amodalMask
          let pixels = (0..<mask.width).flatMap { x in (0..<mask.height).map { mask.pixels[$0 * mask.width + x] } }
          #expect(RunLengthMask(pixels, height: mask.width, width: mask.height).counts == record["counts"].ints)
        }
      }
    }
    #expect(try all.training.sample(at: 1).applying(.flip).target(of: "objects").objects?.count == 1)
  }

  @Test func brokenAnnotationsAreNamed() throws {
    func complaint(_ file: String, _ change: (URL) throws -> Void = { _ in }) throws -> String {
      try withTemporaryFolder { folder in
        let annotations = folder.appendingPathComponent("annotations")
        try FileManager.default.createDirectory(at: annotations, withIntermediateDirectories: true)
        let target = annotations.appendingPathComponent("instances_val1.json")
        try FileManager.default.copyItem(at: url("broken_annotations/\(file)"), to: target)
        try Picture(width: 4, height: 4, channels: 1, samples: .bits8([UInt8](repeating: 3, count: 16)))
          .write(to: folder.appendingPathComponent("a.png"))
        try change(target)
        do {
          let dataset = try open(folder, ["objects"], ["training": target.path])
          _ = try dataset.validation.sample(at: 0)
          return ""
        } catch { return "\(error)" }
      }
    }
    let sum = try complaint("coco_bad_rle.json")
    #expect(sum.contains("instances_val1.json") && sum.contains("annotations[0]") && sum.contains("13 pixels"))
    let unknown = try complaint("coco_unknown_image.json")
    #expect(unknown.contains("instances_val1.json") && unknown.contains("image 7, which is not among the 'images'"))
    func replacing(_ old: String, _ new: String) throws -> String {
      try complaint("coco_bad_rle.json") { target in
        let text = try String(contentsOf: target, encoding: .utf8)
        try text.replacingOccurrences(of: old, with: new).write(to: target, atomically: true, encoding: .utf8)
      }
    }
    #expect(
      try replacing("\"height\": 4", "\"height\": 5").contains(
        "a.png: is 4×4, but instances_val1.json says that it is 5×4"))
    #expect(
      try replacing("a.png", "b.png").contains("b.png: does not exist, but instances_val1.json names it (image 7)"))
    #expect(try replacing("a.png", "../a.png").contains("which is no path inside of a folder"))
    #expect(try replacing("[10, 3]", "[10, 6]") == "")
  }

  // MARK: UOAIS

  @Test func uoais() throws {
    let expected = try Reference(contentsOf: url("uoais_sim/expected.json"))
    let dataset = try open(url("uoais_sim/UOAIS-Sim"), ["objects", "depth"], channels: .rgbd)
    #expect(dataset.note == nil && dataset.training.count == 2 && dataset.validation.count == 1)
    for (source, id, position) in [
      (dataset.training, "train/1", 0), (dataset.training, "train/2", 1), (dataset.validation, "val/1", 0),
    ] {
      let (sample, record) = (try source.sample(at: position), expected["samples"][id])
      let count = sample.image.height * sample.image.width
      let colors = PixelMap(
        channels: 3, height: sample.image.height, width: sample.image.width,
        values: Array(sample.image.values.prefix(3 * count)))
      check(colors, scale: 255, record["image"], id)
      let depth = try #require(sample.target(of: "depth").map)
      check(depth.values, scale: 10_000, record["depth_stored"], id)
      #expect(depth.known?.values.count { !$0 } == 1 && sample.depthChannel == 3)
      #expect(Array(sample.image.values.suffix(count)) == depth.values.values)
      // What upstream feeds to its network: the same in 256 steps.
      for probe in record["depth_input_uint8"]["probes"].array {
        let meters = Double(depth.values[0, probe[0].int, probe[1].int])
        #expect(Int((max(0.25, min(1.5, meters)) - 0.25) / 1.25 * 255 + 1e-4) == probe[2].int)
      }
      check(try #require(sample.target(of: "objects").objects), record["objects"], id)
    }
  }

  @Test func osdIsForValidation() throws {
    let expected = try Reference(contentsOf: url("uoais_sim/expected.json"))["osd"]
    let folder = url("uoais_sim/OSD-0.2-depth")
    let dataset = try open(
      url("uoais_sim/UOAIS-Sim"), ["objects", "depth"], validationFolder: folder)
    #expect(dataset.training.count == 2 && dataset.validation.count == 1)
    let sample = try dataset.validation.sample(at: 0)
    check(try #require(sample.target(of: "depth").map).values, scale: 1000, expected["depth_mm"], "depth")
    let objects = try #require(sample.target(of: "objects").objects)
    for (index, object) in objects.enumerated() {
      #expect(object.amodalMask.area == expected["amodal_area"]["\(index + 1)"].int)
      #expect(
        object.amodalMask.area - object.visibleMask.area == expected["occluded_area"]["\(index + 1)"].int)
    }
    #expect(objects.count == 3)
    let alone = try open(folder, ["objects"])
    #expect(alone.training.count == 0 && alone.note?.contains("for evaluation alone") == true)
    #expect {
      let wrong = try open(folder, ["depth"], ["depthScale": "0.1"])
      _ = try wrong.validation.sample(at: 0)
    } throws: { "\($0)".contains("disparity/learn0.png") && "\($0)".contains("depthScale") }
  }

  @Test func missingFilesOfOSDAreNamed() throws {
    try withTemporaryFolder { root in
      let folder = root.appendingPathComponent("osd")
      try FileManager.default.copyItem(at: url("uoais_sim/OSD-0.2-depth"), to: folder)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("amodal_annotation/learn0_2.png"))
      #expect { _ = try open(folder, ["objects"]).validation.sample(at: 0) } throws: {
        "\($0)".contains("learn0_2.png: does not exist, but annotation/learn0.png shows an object 2")
      }
      try FileManager.default.removeItem(at: folder.appendingPathComponent("disparity/learn0.png"))
      #expect { try open(folder, ["objects"]) } throws: {
        "\($0)".contains("disparity/learn0.png: does not exist, but annotation/learn0.png does")
      }
    }
  }

  // MARK: MetaGraspNet

  @Test func metaGraspNet() throws {
    let expected = try Reference(contentsOf: url("metagraspnet/expected.json"))["samples"]
    let tasks = ["objects", "depth", "segmentation"]
    let dataset = try open(url("metagraspnet"), tasks, ["domain": "both", "classes": "articles"])
    let views = try MetaGraspNetView.list(in: url("metagraspnet"))
    #expect(views.map(\.id) == ["dataset_real/scene46/3", "dataset_sim/scene20/0", "dataset_sim/scene20/1"])
    #expect(views.map(\.isReal) == [true, false, false])
    // Whole scenes are drawn.
    let samples = try [dataset.training, dataset.validation].flatMap { source in
      try (0..<source.count).map { try source.sample(at: $0) }
    }
    let real = try #require(samples.first { $0.image.width == 32 })
    let simulated = samples.filter { $0.image.width == 24 }
    #expect(Set([dataset.training.count, dataset.validation.count]) == [1, 2] && simulated.count == 2)
    for (sample, id) in [(real, "real/scene46/3"), (simulated[0], "sim/scene20/0"), (simulated[1], "sim/scene20/1")] {
      let record = expected[id]
      if record.has("image") { check(sample.image, scale: 255, record["image"], id) }
      let depth = try #require(sample.target(of: "depth").map)
      check(depth.values, scale: 100, record["depth_cm"], id)
      #expect((depth.known?.values.count { !$0 } ?? 0) == (record.has("ignored") ? record["ignored"].int : 0))
      if record.has("semantic") {
        check(try #require(sample.target(of: "segmentation").map).values, scale: 1, record["semantic"], id)
      }
      let objects = try #require(sample.target(of: "objects").objects)
      check(objects, record["objects"], id)
      #expect(objects.map { $0.label + 1 } == record["objects"].array.map { $0["category"].int })
    }
    for view in views {
      let id = view.id.replacingOccurrences(of: "dataset_", with: "")
      let covered = expected[id]["covered_by"]
      #expect(
        try view.occlusionOrder()
          == OcclusionOrder(coveredBy: covered.keys.map { covered[$0].ints.map { $0 - 1 } }))
    }
  }

  @Test func scenesOfMetaGraspNetAreChosen() throws {
    let folder = url("metagraspnet")
    #expect { try open(folder, ["objects"]) } throws: {
      "\($0)".contains("has views of one scene, 'dataset_sim/scene20'")
    }
    try withTemporaryFolder { lists in
      let (training, validation) = (lists.appendingPathComponent("a.txt"), lists.appendingPathComponent("b.txt"))
      try Data("dataset_sim/scene20/1\r\n".utf8).write(to: training)
      try Data("dataset_sim/scene20\r".utf8).write(to: validation)
      let settings = ["training": training.path, "validation": validation.path]
      let dataset = try open(folder, ["objects"], settings, channels: .rgbd)
      #expect(dataset.training.count == 1 && dataset.validation.count == 2)
      #expect(try dataset.training.sample(at: 0) == dataset.validation.sample(at: 1))
      #expect(dataset.tasks[0].kind == .objects(classes: ["object"]))
      try Data("dataset_sim/scene21".utf8).write(to: training)
      #expect { try open(folder, ["objects"], settings) } throws: {
        "\($0)".contains("a.txt: names 'dataset_sim/scene21', which is no scene or view here")
      }
      try Data("dataset_sim/scene20/1".utf8).write(to: training)
      #expect { try open(folder, ["objects"], ["training": training.path]) } throws: {
        "\($0)".contains("belong together")
      }
    }
    #expect { try open(folder, ["objects"], ["domain": "simulated"]) } throws: {
      "\($0)".contains("There are: sim, real, both")
    }
  }

  @Test func damagedViewsAreNamed() throws {
    try withTemporaryFolder { root in
      let folder = root.appendingPathComponent("set")
      try FileManager.default.copyItem(at: url("metagraspnet"), to: folder)
      let view = { (path: String) in folder.appendingPathComponent("dataset_sim/scene20/\(path)") }
      // Some of the published files are empty, and the graph says the same.
      try Data().write(to: view("0_order.csv"))
      let first = try MetaGraspNetView.list(in: folder)[1]
      #expect(try first.occlusionOrder() == OcclusionOrder(coveredBy: [[], [0], [1]]))
      try FileManager.default.removeItem(at: view("0_order.json"))
      #expect(try first.occlusionOrder() == nil)
      try Data("0,1\n1".utf8).write(to: view("0_order.csv"))
      #expect { try first.occlusionOrder() } throws: {
        "\($0)".contains("0_order.csv: has 1 numbers on line 2, but 2 lines")
      }
      try Data("0,nan\n1,0".utf8).write(to: view("0_order.csv"))
      #expect { try first.occlusionOrder() } throws: { "\($0)".contains("has 'nan' on line 1") }
      func complaint(_ tasks: [String]) -> String {
        do {
          let dataset = try open(folder, tasks, ["domain": "both"])
          for source in [dataset.training, dataset.validation] {
            for position in 0..<source.count { _ = try source.sample(at: position) }
          }
          return ""
        } catch { return "\(error)" }
      }
      #expect(complaint(["objects", "depth"]) == "")
      try Data(contentsOf: url("broken_annotations/missing_key.npz")).write(to: view("1.npz"))
      #expect(complaint(["depth"]).contains("1.npz: has no array 'depth'"))
      try Data(contentsOf: url("metagraspnet/dataset_real/scene46/3.npz")).write(to: view("1.npz"))
      #expect(complaint(["depth"]).contains("1.npz: the array 'depth' has the shape [20, 32], but the image is 24×24"))
      try FileManager.default.removeItem(at: view("1.npz"))
      #expect(complaint(["depth"]).contains("1.npz: does not exist"))
    }
  }
}
