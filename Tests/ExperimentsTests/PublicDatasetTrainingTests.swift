import Foundation
import TestSupport
import Testing
import VisionData

import Experiments

/// Public data sets from their files to predictions: training, evaluation, a resumed training, and the use of the network.
@Suite(.serialized) struct PublicDatasetTrainingTests {
  private func configuration(_ path: String, _ tasks: [String], _ changes: [String]) throws -> Configuration {
    var configuration = Configuration()
    configuration.data.folder = PublicDatasets.folder(path).path
    configuration.data.tasks = tasks
    for change in [
      "data.height=32", "data.width=32", "network.encoder=vit_micro", "training.steps=3", "training.batchSize=2",
      "training.evaluateEvery=0", "run.threads=1", "data.threads=1", "diagnostics.every=0",
      "training.checkpointEvery=1",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  private static let detection =
    ["workload=detection"] + NarrowDetection.settings + [
      "data.channels=rgbd", "network.encoder=resnet18_quarter", "data.validationCount=1",
    ]

  /// A training that is interrupted and goes on ends as one that is not.
  private func learn(_ configuration: Configuration) throws -> Evaluation {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      #expect(try SmallRuns.train(configuration, in: folder, stoppingAt: 1) == .stopped(step: 1))
      let resumed = try TrainingSession(nil, folder: folder, existing: .resume)
      #expect(try resumed.run { false } == .finished)
      let whole = try TrainingSession(
        configuration, folder: RunFolder(parent.appendingPathComponent("whole")), existing: .refuse)
      _ = try whole.run { false }
      let evaluation = try #require(resumed.trainer.lastEvaluation)
      #expect(evaluation == whole.trainer.lastEvaluation)
      let run = try TrainedRun(folder, checkpoint: .last)
      #expect(try run.evaluate() == evaluation)
      let picture = Picture(width: 40, height: 24, channels: 3, samples: .bits8([UInt8](repeating: 90, count: 2880)))
      let depth = PixelMap(channels: 1, height: 24, width: 40, repeating: 1)
      let image = InputImage(picture, depth: configuration.data.channels == .rgbd ? depth : nil)
      let readings = try run.predict(image)
      #expect(!readings.isEmpty)
      for (task, reading) in readings {
        guard case .text(let text) = reading else { continue }
        // Each attribute's probability, or the three most probable classes.
        let numbers = text.matches(of: /[01]\.[0-9]{3}/).compactMap { Double($0.output) }
        #expect(numbers.count == ["attributes": 40, "class_object": 3, "class_scene": 3][task, default: 1], "\(text)")
        #expect(numbers.allSatisfy { $0 > 0 && $0 < 1 }, "\(text)")
        #expect(!task.hasPrefix("class") || numbers == numbers.sorted(by: >), "\(text)")
      }
      return evaluation
    }
  }

  @Test(arguments: [
    ("nyud_mt/NYUD_MT", ["segmentation", "depth", "normals", "edges"], ["data.dataset=nyud", "data.channels=rgbd"]),
    ("nyudv2_png/NYUDv2", ["segmentation", "normals"], ["data.dataset={name: nyud, reproduce: normals}"]),
    ("nyud_mt_astmt/NYUD_MT", ["segmentation", "edges"], ["data.dataset={name: nyud, reproduce: void}"]),
    ("mtan_nyuv2/nyuv2", ["segmentation", "depth", "normals"], ["data.normalization=identity"]),
    (
      "pascal_mt/PASCAL_MT", ["segmentation", "human-parts", "normals", "saliency", "edges"],
      ["data.fit=pad", "data.cropHeight=32", "data.cropWidth=32", "data.scale=[0.5, 2]", "data.categoryLimit=0.75"]
    ), ("cityscapes", ["segmentation", "depth"], ["data.rotation=[-5, 5]", "data.channels=rgbd"]),
    ("mtan_cityscapes/cityscapes2", ["categories", "disparity"], ["data.scales=[1, 1.2]", "data.scaleRule=random"]),
    (
      "taskonomy", ["normal", "depth_zbuffer", "edge_texture", "principal_curvature"],
      ["data.dataset={name: taskonomy, excluded: published, validation: test}", "data.photometric=true"]
    ),
    (
      "celeba", ["gender", "Bald", "attributes"],
      ["workload=attributes", "network.encoder=resnet20_quarter", "network.decoder=linear", "data.dataset=celeba"]
    ),
    (
      "taskonomy", ["class_object", "class_scene"],
      [
        "workload=attributes", "network.encoder=resnet20_quarter", "network.decoder=linear",
        "data.dataset={name: taskonomy, excluded: published, validation: test}",
      ]
    ),
    ("metagraspnet", ["segmentation", "depth"], ["data.dataset={name: metagraspnet, domain: both}"]),
    ("uoais_sim/UOAIS-Sim", ["depth"], ["data.dataset=uoais"]),
  ])
  func aDatasetIsLearned(_ path: String, _ tasks: [String], _ changes: [String]) throws {
    #expect(try learn(configuration(path, tasks, changes)).tasks.map(\.task) == tasks)
  }

  private func learnObjects(_ configuration: Configuration) throws {
    #expect(
      try learn(configuration).tasks.map(\.task) == ["boxes", "visible-masks", "amodal-masks", "occlusion"])
  }

  @Test func objectsOfMetaGraspNetAreLearned() throws {
    try learnObjects(
      configuration(
        "metagraspnet", ["objects"], ["data.dataset={name: metagraspnet, domain: both}"] + Self.detection))
  }

  @Test func objectsOfUOAISAreLearnedAndEvaluatedOnOSD() throws {
    try learnObjects(configuration("uoais_sim/UOAIS-Sim", ["objects"], ["data.dataset=uoais"] + Self.detection))
    try learnObjects(
      configuration(
        "uoais_sim/UOAIS-Sim", ["objects"],
        ["data.validationFolder=\(PublicDatasets.folder("uoais_sim/OSD-0.2-depth").path)"] + Self.detection))
  }

  /// The images of COCO have no depth, but the format can name files of it.
  @Test func objectsInTheFormatOfCOCOAreLearned() throws {
    try withTemporaryFolder { parent in
      let folder = parent.appendingPathComponent("coco")
      try FileManager.default.copyItem(at: PublicDatasets.folder("coco"), to: folder)
      let file = folder.appendingPathComponent("annotations/instances_val2017.json")
      var configuration = try configuration("coco", ["objects"], Self.detection)
      configuration.data.folder = folder.path
      #expect { try learnObjects(configuration) } throws: {
        "\($0)".contains(
          "instances_val2017.json: the image 139 has no 'depth_file_name', which images with depth (rgbd)")
      }
      var annotations = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      let images = try #require(annotations["images"] as? [[String: Any]])
      annotations["images"] = try images.map { image in
        let (height, width) = (try #require(image["height"] as? Int), try #require(image["width"] as? Int))
        let name = "depth-\(try #require(image["id"] as? Int)).png"
        try RawPNG(
          height: height, width: width, bits: 16, samples: (0..<(height * width)).map { 600 + $0 % 800 }
        ).write(to: folder.appendingPathComponent("val2017/\(name)"))
        return image.merging(["depth_file_name": name]) { $1 }
      }
      try JSONSerialization.data(withJSONObject: annotations).write(to: file)
      try learnObjects(configuration)
    }
  }

  // MARK: The preparation of images

  private func complaint(_ changes: [String]) throws -> String {
    var configuration = Configuration()
    for change in changes { try configuration.apply(assignment: change) }
    do { try configuration.check(availableTasks: Scenes.allTasks) } catch { return "\(error)" }
    return "nothing"
  }

  @Test func changesThatContradictEachOtherAreNamed() throws {
    #expect(try complaint(["data.scales=[1, 1.2]"]).contains("data.cropHeight and data.cropWidth are needed"))
    #expect(try complaint(["data.scales=[1, 1.2]", "data.scaleRule=center"]) == "nothing")
    #expect(try complaint(["data.scales=[1, 1.2]", "data.scale=[1, 2]"]).contains("of a range, or of a list"))
    #expect(try complaint(["data.rotation=[5, -5]"]).contains("data.rotation is [5.0, -5.0]"))
    #expect(try complaint(["data.categoryLimit=0.5"]).contains("data.categoryLimit is about crops"))
    let crop = ["data.cropHeight=32", "data.cropWidth=32", "data.categoryLimit=0.5"]
    #expect(try complaint(crop + ["data.tasks=[depth]"]).contains("no task of the run has classes"))
    #expect(try complaint(crop) == "nothing")
    #expect(throws: (any Error).self) { try complaint(["data.fit=stretch"]) }
  }

  @Test func imagesThatArePaddedMayNotBeTooLarge() throws {
    try withTemporaryFolder { folder in
      let configuration = try configuration(
        "pascal_mt/PASCAL_MT", ["saliency"], ["data.fit=pad", "data.height=24", "data.width=24"])
      #expect {
        let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .overwrite)
        _ = try session.run { false }
      } throws: { "\($0)".contains("is 20×26: data.height and data.width have to be as large, not 24 and 24") }
    }
  }

  /// Settings of a data set are a part of the configuration, and come back from its file.
  @Test func settingsOfADatasetAreKept() throws {
    var configuration = Configuration()
    #expect { try configuration.apply(assignment: "data.dataset.size=tiny") } throws: {
      "\($0)".contains("has to name a data set before its settings")
    }
    try configuration.apply(assignment: "data.dataset=taskonomy")
    try configuration.apply(assignment: "data.dataset.size=full")
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
    #expect(configuration.yaml.contains("dataset: {name: taskonomy, size: full}"))
    #expect(try Configuration(yaml: "data: {reader: folder}").data.dataset?.name == "folder")
  }
}
