import Foundation
import TestSupport
import Testing
import VisionData

/// Pictures from outside, given to the command.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PictureCommandTests {
  private static let pictures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("VisionDataTests/Resources")

  private static let micro = [
    "--set", "data.validationCount=2", "--set", "data.height=32", "--set", "data.width=32", "--set",
    "network.encoder=vit_micro", "--set", "training.batchSize=2", "--set", "training.evaluateEvery=0", "--set",
    "run.threads=2", "--set", "training.steps=2",
  ]

  @Test func predictReadsWhatPhonesAndToolsWrite() throws {
    try withTemporaryFolder { folder in
      let train = try Command.run(
        ["train", "--out", "run", "--set", "data.trainingCount=4", "--set", "data.tasks=[segmentation, depth]"]
          + Self.micro, in: folder)
      try #require(train.succeeded, "\(train.errors)")
      func path(_ name: String) -> String { Self.pictures.appendingPathComponent(name).path }

      let predict = try Command.run(
        ["predict", "run", path("orientation-6.jpg"), path("extraneous.jpg"), "--out", "drawn"], in: folder)
      #expect(predict.succeeded, "\(predict.errors)")
      #expect(predict.errors.components(separatedBy: "extraneous.jpg is read in spite of").count == 2)
      for task in ["segmentation", "depth"] {
        let drawn = try Picture(contentsOf: folder.appendingPathComponent("drawn/orientation-6-\(task).png"))
        #expect(drawn.height == 64 && drawn.width == 32)
      }

      // A small file, and 900 million pixels.
      var bomb = RawPNG(height: 30000, width: 30000, samples: [])
      bomb.chunks = [("zeRo", [UInt8](repeating: 0, count: 200_000))]
      try bomb.write(to: folder.appendingPathComponent("bomb.png"))
      let refused: [([String], String)] = [
        (["bomb.png"], "bomb.png: is 30000×30000, more than the limit of 100000000 pixels"),
        ([path("plain.jpg"), "--pixel-limit", "2047"], "plain.jpg: is 32×64, more than the limit of 2047 pixels"),
        ([path("plain.jpg"), "--pixel-limit", "0"], "--pixel-limit has to be at least 1"),
        ([path("cmyk.jpg")], "its colors are inks (CMYK)"),
      ]
      for (arguments, answer) in refused {
        let result = try Command.run(["predict", "run"] + arguments + ["--out", "refused"], in: folder)
        #expect(!result.succeeded && result.errors.contains(answer), "\(result.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("refused").path))
      let limit = try Command.run(
        ["predict", "run", path("plain.jpg"), "--pixel-limit", "2048", "--out", "limit"], in: folder)
      #expect(limit.succeeded, "\(limit.errors)")
    }
  }

  @Test func aMaskOf0And255IsAskedAbout() throws {
    try withTemporaryFolder { folder in
      let samples = SampleFolder(["mask": "{\"saliency\": {}}"])
      try samples.write(to: folder.appendingPathComponent("data")) { _, _ in
        samples.map { row, _ in row < 16 ? 255 : 0 }
      }
      let arguments =
        ["train", "--out", "run", "--set", "data.folder=data", "--set", "data.tasks=[mask]"] + Self.micro
      let refused = try Command.run(arguments, in: folder)
      #expect(!refused.succeeded && refused.errors.contains("mask0.png: holds 0 and 255 alone"), "\(refused.errors)")
      #expect(refused.errors.contains("data.unclearMasks has to be 'foreground' or 'unknown'"))
      let foreground = try Command.run(arguments + ["--set", "data.unclearMasks=foreground"], in: folder)
      #expect(foreground.succeeded, "\(foreground.errors)")
      let misspelled = try Command.run(arguments + ["--set", "data.unclearMasks=foregrund"], in: folder)
      #expect(misspelled.errors.contains("Did you mean 'foreground'?"), "\(misspelled.errors)")
    }
  }
}
