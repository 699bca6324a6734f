import Foundation
import TestSupport
import Testing
import VisionData

/// The robot-vision system by the command: trained, measured, asked and compared.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DetectionCommandTests {
  private static let narrow =
    "{name: detection, channels: 8, anchorSize: 8, anchorsPerImage: 32, regionsPerImage: 16, proposals: 40}"
  private static let micro =
    ["workload=detection"] + NarrowDetection.settings + [
      "data.tasks=[objects]", "data.channels=rgbd", "network.encoder=resnet18_quarter", "training.batchSize=2",
      "training.steps=2", "training.evaluateEvery=0",
      "run.threads=2", "diagnostics.every=1",
    ]

  private func run(_ arguments: [String], in folder: URL) throws -> String {
    let result = try Command.run(arguments, in: folder)
    try #require(result.succeeded, "\(arguments): \(result.errors)")
    return result.output
  }

  @Test func foldersAreLearnedMeasuredAndAsked() throws {
    try withTemporaryFolder { folder in
      _ = try run(
        [
          "data", "scenes", "--out", "data", "--count", "6", "--height", "64", "--width", "64", "--channels", "rgbd",
          "--tasks", "objects",
        ], in: folder)
      let settings = (Self.micro + ["data.folder=data", "data.validationCount=2"]).flatMap { ["--set", $0] }
      _ = try run(["train", "--out", "run"] + settings, in: folder)
      let report = try String(contentsOf: folder.appendingPathComponent("run/report.html"), encoding: .utf8)
      for text in ["amodal-masks", "robot vision with two resnet18_quarter, 7 tasks", "rcls"] {
        #expect(report.contains(text), "\(text)")
      }
      let evaluation = try run(["evaluate", "run", "--json"], in: folder)
      for text in ["visible-masks", "AP50", "AR100", "F1", "accuracy"] { #expect(evaluation.contains(text), "\(text)") }

      let images = ["data/images/000000.png", "data/images/000001.png"]
      let depth = ["data/image depth/000000.png", "data/image depth/000001.png"]
      _ = try run(
        ["predict", "run"] + images + depth.flatMap { ["--depth", $0] } + ["--out", "drawn"], in: folder)
      let drawing = try Picture(contentsOf: folder.appendingPathComponent("drawn/000001-objects.png"))
      #expect(drawing.height == 64 && drawing.width == 64)
      try measureFiles(in: folder)

      let refused: [([String], String)] = [
        ([images[0]], "--depth names the file of its depth"),
        (images + ["--depth", depth[0]], "--depth is given 1 times for 2 images"),
        ([images[0], "--depth", images[0]], "000000.png: has 3 channels of 8 bits, but depth is a gray PNG"),
        ([images[0], "--depth", "small.png"], "small.png: is 32×32, but the image 000000.png"),
        (
          [images[0], "--depth", "millimeters.png"],
          "millimeters.png: 0 % of the depth lies between 0.5 m and 1.8 m (data.depthRange), but half of it has to; its median is 0.09 m; 10.0 times as much would fit"
        ), ([images[0], "--depth", "nothing.png"], "nothing.png has no depth at any pixel"),
      ]
      for (name, value) in [("millimeters", 900), ("nothing", 0)] {
        try RawPNG(height: 64, width: 64, bits: 16, samples: [Int](repeating: value, count: 4096))
          .write(to: folder.appendingPathComponent("\(name).png"))
      }
      try RawPNG(height: 32, width: 32, bits: 16, samples: [Int](repeating: 9000, count: 1024))
        .write(to: folder.appendingPathComponent("small.png"))
      for (arguments, message) in refused {
        let result = try Command.run(["predict", "run"] + arguments, in: folder)
        #expect(!result.succeeded && result.errors.contains(message), "\(result.errors)")
      }
    }
  }

  /// The files of objects are such that `evaluate-coco` takes them.
  private func measureFiles(in folder: URL) throws {
    let truth = """
      {"images": [{"id": 0, "height": 64, "width": 64}, {"id": 1, "height": 64, "width": 64}],
       "categories": [{"id": 1, "name": "object"}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 8, 8],
                        "segmentation": [[0, 0, 8, 0, 8, 8, 0, 8]]}]}
      """
    try Data(truth.utf8).write(to: folder.appendingPathComponent("truth.json"))
    for (file, kind) in [("visible-masks", "segmentation"), ("amodal-masks", "segmentation"), ("amodal-masks", "box")] {
      let output = try run(
        ["evaluate-coco", "--truth", "truth.json", "--detections", "drawn/\(file).json", "--kind", kind, "--json"],
        in: folder)
      #expect(output.contains("\"AR100\""))
    }
  }

  /// A study without single-task networks measures gains against one of its methods.
  @Test func studiesHaveAReference() throws {
    try withTemporaryFolder { folder in
      let study = """
        seeds: [1]
        reference: Sum
        configuration:
          workload: \(Self.narrow)
          data: {tasks: [objects], channels: rgbd, trainingCount: 4, validationCount: 2, height: 64, width: 64}
          network: {encoder: resnet18_quarter}
          training: {steps: 1, batchSize: 2}
          run: {threads: 2}
        methods: {Sum: equal, PCGrad: pcgrad}
        """
      let file = folder.appendingPathComponent("study.yaml")
      try Data(study.utf8).write(to: file)
      let output = try run(["compare", "study.yaml", "--out", "study"], in: folder)
      for text in ["boxes AP", "occlusion F1", "mean rank", "PCGrad"] { #expect(output.contains(text), "\(output)") }
      let report = try String(contentsOf: folder.appendingPathComponent("study/report.html"), encoding: .utf8)
      #expect(report.contains("Training loss: occ") && report.contains("Δm"))
      for (text, message) in [
        (study.replacing("reference: Sum", with: "baselines: true"), "baselines: false"),
        (study.replacing("reference: Sum", with: "reference: PCGrat"), "PCGrad"),
      ] {
        try Data(text.utf8).write(to: file)
        let result = try Command.run(["compare", "study.yaml", "--out", "other"], in: folder)
        #expect(!result.succeeded && result.errors.contains(message), "\(result.errors)")
      }
    }
  }
}
