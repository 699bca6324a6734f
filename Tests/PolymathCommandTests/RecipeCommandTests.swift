import Foundation
import TestSupport
import Testing

/// A recipe for each of several data sets by the command, on small files in their true form: trained, interrupted, resumed,
/// evaluated, and asked about a picture.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RecipeCommandTests {
  /// A recipe, the folder of its data set, and the settings that make it small.
  struct Example: Sendable, CustomTestStringConvertible {
    let recipe: String
    let folder: String
    let picture: String
    let settings: [String]
    /// Whether predictions are drawn; what is said of whole images is printed alone.
    var isDrawn = true

    var testDescription: String { recipe }
  }

  private static let vit = ["network.encoder=vit_micro"]
  private static let resNet = ["network.encoder=resnet20_quarter"]
  private static let crop = ["data.cropHeight=32", "data.cropWidth=32"]
  private static let detection =
    NarrowDetection.settings + ["network.encoder=resnet18_quarter", "optimizer.warmUpSteps=0"]

  private static let examples = [
    Example(
      recipe: "selective-groups-nyud", folder: "nyud_mt/NYUD_MT", picture: "images/0001.jpg", settings: vit + crop),
    Example(
      recipe: "token-modulation-pascal-context", folder: "pascal_mt/PASCAL_MT", picture: "JPEGImages/2008_000002.jpg",
      settings: vit + crop),
    Example(
      recipe: "token-modulation-taskonomy", folder: "taskonomy",
      picture: "rgb/taskonomy/hanson/point_0_view_0_domain_rgb.png", settings: vit),
    Example(
      recipe: "task-gates-celeba", folder: "celeba", picture: "Img/img_align_celeba/000001.jpg", settings: resNet,
      isDrawn: false),
    Example(
      recipe: "connection-strength-cityscapes", folder: "mtan_cityscapes/cityscapes2", picture: "",
      settings: ["method.schedule.epoch=20"]),
    Example(
      recipe: "robust-analysis-uoais", folder: "uoais_sim/UOAIS-Sim", picture: "",
      settings: detection),
    Example(
      recipe: "robust-analysis-metagraspnet", folder: "metagraspnet", picture: "",
      settings: detection + ["data.dataset.domain=both"]),
  ]

  private func run(_ arguments: [String], in folder: URL) throws -> String {
    let result = try Command.run(arguments, in: folder)
    try #require(result.succeeded, "\(arguments): \(result.errors)")
    return result.output
  }

  private func stepCount(_ run: URL) -> Int {
    let text = try? String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    return text?.split(separator: "\n").count { $0.contains("\"kind\":\"step\"") } ?? 0
  }

  @Test(arguments: examples) func aRecipeIsUsed(_ example: Example) throws {
    try withTemporaryFolder { folder in
      let data = PublicDatasets.folder(example.folder)
      let recipe = PublicDatasets.recipes.appendingPathComponent("\(example.recipe).yaml")
      let settings =
        [
          "data.folder=\(data.path)", "data.height=32", "data.width=32", "training.steps=40", "training.batchSize=2",
          "training.checkpointEvery=0", "run.threads=1", "data.threads=1", "data.validationCount=1",
        ] + example.settings
      let (process, _, errors) = try Command.start(
        ["train", recipe.path, "--out", "run"] + settings.flatMap { ["--set", $0] }, in: folder)
      let trained = folder.appendingPathComponent("run")
      let deadline = ContinuousClock.now + .seconds(120)
      while process.isRunning, stepCount(trained) < 2, ContinuousClock.now < deadline { usleep(2000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      let complaint = try String(contentsOf: errors, encoding: .utf8)
      #expect(process.terminationStatus == 128 + SIGINT, "\(complaint)")
      #expect((1..<40).contains(stepCount(trained)))
      _ = try run(["train", "--out", "run", "--resume"], in: folder)
      #expect(stepCount(trained) == 40)

      let evaluation = try JSONSerialization.jsonObject(
        with: Data(run(["evaluate", "run", "--json"], in: folder).utf8))
      #expect((evaluation as? [String: Any])?.isEmpty == false)
      guard !example.picture.isEmpty else { return }
      let picture = data.appendingPathComponent(example.picture)
      #expect(try !run(["predict", "run", picture.path, "--out", "drawn"], in: folder).isEmpty)
      let isDrawn = FileManager.default.fileExists(atPath: folder.appendingPathComponent("drawn").path)
      #expect(isDrawn == example.isDrawn)
    }
  }
}
