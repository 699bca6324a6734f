import Foundation
import TestSupport
import Testing
import VisionData

/// What `polymath datasets` and `polymath data` say about data sets in their real forms, and what they write.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DataCommandTests {
  private static let datasets = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("VisionDataTests/Resources/datasets")

  private func path(_ name: String) -> String { Self.datasets.appendingPathComponent(name).path }

  @Test func readersAreListedAndDescribed() throws {
    try withTemporaryFolder { folder in
      let list = try Command.run(["datasets"], in: folder)
      #expect(list.succeeded)
      for name in ["nyud", "cityscapes", "coco", "uoais", "metagraspnet", "folder"] {
        #expect(list.output.contains("  \(name) "), "\(name)")
      }
      let one = try Command.run(["datasets", "uoais"], in: folder)
      #expect(one.succeeded && one.output.contains("osd: image_color/"))
      #expect(one.output.contains("license: academic") && one.output.contains("publication: Back et al."))
      #expect(one.output.contains("data: {dataset: {name: uoais, depthScale: …}}"))
      let wrong = try Command.run(["datasets", "coc"], in: folder)
      #expect(!wrong.succeeded && wrong.errors.contains("Did you mean 'coco'?"))
    }
  }

  @Test func inspectionTellsFilesRangesAndClasses() throws {
    try withTemporaryFolder { folder in
      let result = try Command.run(
        [
          "data", "inspect", path("metagraspnet"), "--set", "data.dataset=metagraspnet", "--set",
          "data.dataset.domain=both", "--count", "0", "--sheet", "sheet.png", "--set", "data.height=24", "--set",
          "data.width=32",
        ], in: folder)
      #expect(result.succeeded, "\(result.errors) \(result.output)")
      for text in [
        "layout: scenes", "training: ", "file: npz, depth: float32, 20×32 or 24×24, 2 times",
        "range: 0.6075 to 0.8845", "unknown: 0.7 % of the values", "objects: 6, 3.0 in an image",
        "occluded by 5 % or more: 66.7 %", "47 article-47", "no problems in the samples that were read",
      ] {
        #expect(result.output.contains(text), "\(text) is not in \(result.output)")
      }
      let sheet = try Picture(contentsOf: folder.appendingPathComponent("sheet.png"))
      // A row for each sample for training; an image and three tasks.
      #expect(sheet.width == 4 * (96 + 4) + 4 && sheet.channels == 3 && (sheet.height - 4) % 76 == 0)
    }
  }

  @Test func inspectionNamesWhatIsWrong() throws {
    try withTemporaryFolder { folder in
      let set = folder.appendingPathComponent("set")
      try FileManager.default.copyItem(at: Self.datasets.appendingPathComponent("metagraspnet"), to: set)
      for view in ["0", "1"] {
        let file = set.appendingPathComponent("dataset_sim/scene20/\(view).npz")
        let whole = try Data(contentsOf: file)
        try whole.prefix(whole.count / 2).write(to: file)
      }
      let damaged = try Command.run(
        ["data", "inspect", set.path, "--set", "data.dataset=metagraspnet", "--set", "data.dataset.domain=both"],
        in: folder)
      #expect(!damaged.succeeded && damaged.output.contains("problems"))
      #expect(damaged.output.contains("dataset_sim/scene20/") && damaged.output.contains(".npz: "))

      let none = try Command.run(["data", "inspect", folder.path], in: folder)
      #expect(!none.succeeded && none.errors.contains("is not a data set that a reader recognizes"))
      let missing = try Command.run(["data", "inspect", "nowhere"], in: folder)
      #expect(!missing.succeeded && missing.errors.contains("nowhere: does not exist"))
      let other = try Command.run(["data", "inspect", set.path, "--dataset", "coco"], in: folder)
      #expect(!other.succeeded && other.errors.contains("What was looked for: instances: annotations/instances_"))

      // A folder that fits two data sets.
      let annotations = set.appendingPathComponent("annotations")
      try FileManager.default.createDirectory(at: annotations, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: Self.datasets.appendingPathComponent("coco/annotations/instances_val2017.json"),
        to: annotations.appendingPathComponent("instances_val2017.json"))
      let both = try Command.run(["data", "inspect", set.path], in: folder)
      #expect(
        !both.succeeded
          && both.errors.contains(
            "is recognized by several data readers: data.dataset has to name one of coco, metagraspnet")
      )
      let above = try Command.run(["data", "inspect", path("nyud_mt"), "--dataset", "nyud"], in: folder)
      #expect(!above.succeeded && above.errors.contains("nyud_mt/NYUD_MT. What was looked for"))
      let nameless = try Command.run(["data", "inspect", path("nyud_mt")], in: folder)
      #expect(!nameless.succeeded && nameless.errors.contains("recognizes, but \(path("nyud_mt"))/NYUD_MT is"))
      let count = try Command.run(["data", "inspect", set.path, "--count", "-1"], in: folder)
      #expect(!count.succeeded && count.errors.contains("--count"))
    }
  }

  /// What is good in a data set is told beside what is damaged, and all samples of a folder without splits are converted.
  @Test func foldersOfOnesOwn() throws {
    try withTemporaryFolder { folder in
      let scenes = ["--count", "12", "--height", "32", "--width", "32"]
      #expect(try Command.run(["data", "scenes", "--out", "scenes"] + scenes, in: folder).succeeded)
      let converted = try Command.run(["data", "convert", "scenes", "--tasks", "depth", "--out", "new"], in: folder)
      #expect(converted.succeeded, "\(converted.errors)")
      #expect(converted.output.contains("12 samples") && !converted.output.contains("validation"))
      for number in ["000000", "000003"] {
        let file = folder.appendingPathComponent("scenes/depth/\(number).png")
        try Data(contentsOf: file).prefix(60).write(to: file)
      }
      let inspected = try Command.run(["data", "inspect", "scenes", "--count", "0"], in: folder)
      #expect(!inspected.succeeded && inspected.output.contains("range: "), "\(inspected.output)")
      for number in ["000000", "000003"] { #expect(inspected.output.contains("depth/\(number).png: ")) }
      #expect(inspected.output.contains("(sample 4 of 12, '000003')"), "\(inspected.output)")
    }
  }

  /// A task of which the samples that are read say nothing.
  @Test func inspectionSaysWhatIsUnknown() throws {
    try withTemporaryFolder { folder in
      let scenes = ["--count", "4", "--height", "32", "--width", "32", "--tasks", "depth,edges"]
      #expect(try Command.run(["data", "scenes", "--out", "scenes"] + scenes, in: folder).succeeded)
      let hole = Picture(width: 32, height: 32, channels: 1, samples: .bits16([UInt16](repeating: 0, count: 32 * 32)))
      for number in 0..<4 { try hole.write(to: folder.appendingPathComponent("scenes/depth/00000\(number).png")) }
      let some = try Command.run(["data", "inspect", "scenes"], in: folder)
      #expect(
        some.succeeded && some.output.contains("nothing is known in the samples that were read"), "\(some.output)")
      let all = try Command.run(["data", "inspect", "scenes", "--count", "0"], in: folder)
      #expect(!all.succeeded && all.output.contains("depth: nothing is known of it in any sample"), "\(all.output)")
    }
  }

  /// The other tasks are told of where one has no files.
  @Test func aTaskWithoutFilesHidesNoOthers() throws {
    try withTemporaryFolder { folder in
      let set = folder.appendingPathComponent("set")
      try FileManager.default.copyItem(at: Self.datasets.appendingPathComponent("taskonomy"), to: set)
      let scenes = set.appendingPathComponent("class_scene/taskonomy")
      for building in try FileManager.default.contentsOfDirectory(atPath: scenes.path) {
        try FileManager.default.removeItem(at: scenes.appendingPathComponent(building))
      }
      let setting = "data.dataset={name: taskonomy, excluded: published, training: train, validation: test}"
      let result = try Command.run(["data", "inspect", set.path, "--set", setting], in: folder)
      #expect(!result.succeeded && result.errors.isEmpty, "\(result.errors)")
      #expect(
        result.output.contains("class_scene: \(scenes.path)/hanson/point_0_view_0_domain_class_places.npy: does not"))
      #expect(result.output.contains("depth_euclidean (quantities, 1 channel)\n  file: PNG"), "\(result.output)")
      #expect(result.output.contains("drawings: inspection.png"))
    }
  }

  /// What cannot be converted is named at once, and the command that is printed trains on what was.
  @Test func conversionSaysWhatCanBeDone() throws {
    try withTemporaryFolder { folder in
      let taskonomy = [
        "data", "convert", path("taskonomy"), "--set",
        "data.dataset={name: taskonomy, excluded: published, training: train, validation: test}", "--height", "32",
        "--width", "32", "--out", "views",
      ]
      let refused = try Command.run(taskonomy, in: folder)
      #expect(!refused.succeeded)
      for task in ["reshading", "edge_texture", "principal_curvature"] {
        #expect(refused.errors.contains("cannot hold '\(task)'"), "\(refused.errors)")
      }
      let advice = try #require(refused.errors.firstMatch(of: /`--tasks ([a-z0-9_,]+)`/))
      #expect(advice.1.contains("class_object") && advice.1.contains("normal") && !advice.1.contains("reshading"))
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("views").path))
      #expect(try Command.run(taskonomy + ["--tasks", String(advice.1)], in: folder).succeeded)

      for (source, tasks, channels, narrow) in [
        ("nyud_mt/NYUD_MT", "depth,edges", "rgb", []), ("celeba", "Young,Male", "rgb", []),
        ("uoais_sim/UOAIS-Sim", "objects", "rgbd", ["workload.channels=8", "workload.regionsPerImage=8"]),
      ] {
        let name = String(source.prefix(4))
        let converted = try Command.run(
          [
            "data", "convert", path(source), "--tasks", tasks, "--out", name, "--height", "64", "--width", "64",
            "--set", "data.channels=\(channels)",
          ],
          in: folder)
        #expect(converted.succeeded, "\(converted.errors)")
        let command = try #require(converted.output.firstMatch(of: /train on them by: polymath (.*)/)).1
        let quick = [
          "training.steps=1", "training.batchSize=1", "training.evaluateEvery=0", "data.validationCount=1",
          "diagnostics.every=0",
        ]
        let arguments =
          Self.words(String(command)) + (quick + narrow).flatMap { ["--set", $0] } + ["--out", "run-\(name)"]
        let trained = try Command.run(arguments, in: folder)
        #expect(trained.succeeded, "\(command): \(trained.errors)")
      }
    }
  }

  /// The words of a command, as a shell reads it.
  private static func words(_ command: String) -> [String] {
    command.matches(of: /'[^']*'|[^ ]+/).map { $0.output.filter { $0 != "'" } }
  }

  @Test func conversionGivesTheSameSamples() throws {
    try withTemporaryFolder { folder in
      let result = try Command.run(
        ["data", "convert", path("uoais_sim/UOAIS-Sim"), "--out", "converted", "--set", "data.channels=rgbd"],
        in: folder)
      #expect(result.succeeded, "\(result.errors)")
      let request = DatasetRequest(
        folder: Self.datasets.appendingPathComponent("uoais_sim/UOAIS-Sim"), tasks: ["objects", "depth"],
        trainingCount: 10, validationCount: 10, height: 8, width: 8, channels: .rgbd)
      let original = try DatasetReader.reader(named: nil, of: request.folder).open(request)
      for (part, source) in [("training", original.training), ("validation", original.validation)] {
        let converted = try DatasetFolder(
          folder.appendingPathComponent("converted/\(part)"), options: .init(channels: .rgbd))
        #expect(converted.count == source.count && converted.count > 0)
        for position in 0..<converted.count {
          let (sample, wanted) = (try converted.sample(at: position), try source.sample(at: position))
          #expect(sample.targets["objects"] == wanted.targets["objects"])
          #expect(sample.image.values.count == wanted.image.values.count)
          let difference = zip(sample.image.values, wanted.image.values).map { abs($0 - $1) }.max()!
          #expect(difference < 1e-6)
          #expect(sample.targets["depth"]!.map!.known == wanted.targets["depth"]!.map!.known)
        }
      }
      let again = try Command.run(
        ["data", "convert", path("uoais_sim/UOAIS-Sim"), "--out", "converted"], in: folder)
      #expect(!again.succeeded && again.errors.contains("converted: is not empty"))
    }
  }

  /// CelebA as one file of small images, and the edges of PASCAL-Context, which are thinned once.
  @Test func slowFilesAreConvertedOnce() throws {
    try withTemporaryFolder { folder in
      let faces = try Command.run(
        [
          "data", "convert", path("celeba"), "--out", "faces", "--height", "32", "--width", "32", "--tasks",
          "Young,Male", "--format", "packed",
        ], in: folder)
      #expect(faces.succeeded, "\(faces.errors)")
      let packed = try DatasetFolder(folder.appendingPathComponent("faces/training"))
      #expect(packed.count == 3 && packed.tasks.map(\.name).sorted() == ["Male", "Young"])
      #expect(try packed.sample(at: 2).image.height == 32)
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("faces/training/images").path)
      #expect(files == ["all.npy"])

      let edges = try Command.run(
        [
          "data", "convert", path("pascal_mt/PASCAL_MT"), "--out", "edges", "--height", "24", "--width", "24",
          "--tasks", "edges,human-parts",
        ], in: folder)
      #expect(edges.succeeded, "\(edges.errors)")
      let converted = try DatasetFolder(folder.appendingPathComponent("edges/training")).sample(at: 0)
      let request = DatasetRequest(
        folder: Self.datasets.appendingPathComponent("pascal_mt/PASCAL_MT"), tasks: ["edges", "human-parts"],
        trainingCount: 10, validationCount: 10, height: 24, width: 24)
      let original = try DatasetReader.registry.require("pascal-context").open(request).training.sample(at: 0)
      #expect(converted.targets == original.applying(.resize(height: 24, width: 24)).targets)
    }
  }

  @Test func conversionAsksForWhatItNeeds() throws {
    try withTemporaryFolder { folder in
      // Indoor depth beyond 6.5 m needs larger units.
      let source = folder.appendingPathComponent("set")
      try FileManager.default.copyItem(at: Self.datasets.appendingPathComponent("uoais_sim/UOAIS-Sim"), to: source)
      let scaled = [
        "data", "convert", source.path, "--set", "data.dataset=uoais", "--set", "data.dataset.depthScale=0.001",
      ]
      let deep = try Command.run(scaled + ["--out", "a"], in: folder)
      #expect(!deep.succeeded && deep.errors.contains("files hold up to 6.5535 m"), "\(deep.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("a/training/dataset.json").path))
      let coarse = try Command.run(
        scaled + ["--out", "b", "--depth-units", "1000", "--height", "12", "--width", "16", "--tasks", "depth"],
        in: folder)
      #expect(coarse.succeeded, "\(coarse.errors)")
      let converted = try DatasetFolder(folder.appendingPathComponent("b/training"))
      #expect(converted.index.depthUnits == 1000 && converted.index.height == 12 && converted.index.width == 16)
      let depth = try #require(converted.sample(at: 0).targets["depth"]?.map)
      #expect(depth.values.values.max()! > 16 && depth.values.values.max()! < 16.8)
      for (options, answer) in [
        (["--height", "3"], "belong together"), (["--tasks", "dept"], "Did you mean 'depth'?"),
        (["--format", "bmp"], "has to be png, jpeg or packed"), (["--depth-units", "0"], "--depth-units"),
      ] {
        let wrong = try Command.run(scaled + ["--out", "c"] + options, in: folder)
        #expect(!wrong.succeeded && wrong.errors.contains(answer), "\(wrong.errors)")
      }
    }
  }
}
