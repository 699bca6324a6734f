import Foundation
import Support
import TestSupport
import Testing
import VisionData

import Experiments

/// The recipes of the papers: each is resolved and built with its own sizes, and a small network of the same parts is
/// trained and evaluated on small files of its data set.
@Suite(.serialized) struct RecipeTests {
  /// The folder of small files for each data set.
  private static let folders = [
    "nyud": "nyud_mt/NYUD_MT", "pascal-context": "pascal_mt/PASCAL_MT", "taskonomy": "taskonomy", "celeba": "celeba",
    "cityscapes": "mtan_cityscapes/cityscapes2", "metagraspnet": "metagraspnet", "uoais": "uoais_sim/UOAIS-Sim",
  ]

  private static let dense = ["segmentation": ["mIoU"], "human-parts": ["mIoU"], "normals": ["mean"]]
  private static let transformers = dense.merging([
    "depth": ["rmse"], "edges": ["odsF"], "saliency": ["maxF", "mIoU"], "normal": ["L1"],
    "principal_curvature": ["rmse"], "depth_zbuffer": ["L1"], "reshading": ["L1"], "segment_unsup25d": ["L1"],
  ]) { $1 }
  private static let masks = ["AP", "AR100"]

  /// What the papers report of each task, by the beginning of the recipes' names.
  private static let reported = [
    "token-modulation": transformers, "selective-groups": transformers,
    "task-gates": dense.merging([
      "depth": ["rmse"], "edges": ["loss"], "saliency": ["mIoU"], "age": ["accuracy"], "gender": ["accuracy"],
      "clothes": ["accuracy"],
    ]) { $1 },
    "connection-strength": [
      "segmentation": ["mIoU", "pixel accuracy", "mean accuracy"], "human-parts": ["mIoU"],
      "depth": ["rmse", "abs_rel"], "saliency": ["mIoU", "maxF"],
      "normals": ["mean", "median", "11.25°", "22.5°", "30°"], "categories": ["mIoU", "pixel accuracy"],
      "disparity": ["abs_err", "rel_err"],
    ],
    "robust-analysis": ["boxes": masks, "visible-masks": masks, "amodal-masks": masks, "occlusion": ["F1"]],
  ]

  private static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: PublicDatasets.recipes.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  private func recipe(_ name: String) throws -> Configuration {
    var configuration = try Configuration(contentsOf: PublicDatasets.recipes.appendingPathComponent("\(name).yaml"))
    let dataset = try #require(configuration.data.dataset?.name)
    configuration.data.folder = PublicDatasets.folder(try #require(Self.folders[dataset])).path
    return configuration
  }

  @Test func everyPaperHasItsDatasets() {
    #expect(
      Self.names == [
        "connection-strength-cityscapes", "connection-strength-nyud", "connection-strength-pascal-context",
        "robust-analysis-metagraspnet", "robust-analysis-uoais", "selective-groups-nyud",
        "selective-groups-pascal-context", "selective-groups-taskonomy", "task-gates-celeba", "task-gates-nyud",
        "task-gates-pascal-context", "token-modulation-nyud", "token-modulation-pascal-context",
        "token-modulation-taskonomy",
      ])
  }

  /// With the sizes of the paper, all parts go together, and the network can be built.
  @Test(arguments: names) func aRecipeIsResolved(_ name: String) throws {
    let configuration = try recipe(name)
    let subject = try CostSubject(configuration)
    // The network of boxes takes more than an image, and is not counted.
    guard configuration.workload.name != "detection" else { return }
    let cost = try subject.cost()
    #expect(cost.parameterCount > 200_000 && cost.tasks.map(\.name) == configuration.data.tasks)
  }

  @Test(arguments: names) func aRecipeTrains(_ name: String) throws {
    var configuration = try recipe(name)
    try shrink(&configuration)
    try withTemporaryFolder { parent in
      let session = try TrainingSession(
        configuration, folder: RunFolder(parent.appendingPathComponent("run")), existing: .refuse)
      #expect(try session.run { false } == .finished)
      let evaluation = try #require(session.trainer.lastEvaluation)
      let reported = try #require(Self.reported.first { name.hasPrefix($0.key) }).value
      var count = 0
      for task in evaluation.tasks {
        for metric in reported[task.task] ?? [] {
          count += 1
          let value = task.metrics.first { $0.name == metric }?.value
          #expect(value?.isFinite == true, "\(task.task): \(metric) is not among \(task.metrics.map(\.name))")
        }
      }
      #expect(count >= 3)
    }
  }

  /// Makes the network small and the training short. All else stays as in the recipe.
  private func shrink(_ configuration: inout Configuration) throws {
    let (side, isConnectionStrength) = (32, configuration.method.schedule.name == "connection-strength")
    var changes = [
      "data.height=\(side)", "data.width=\(side)", "training.steps=\(isConnectionStrength ? 2 : 1)",
      "training.batchSize=2",
      "training.checkpointEvery=0", "run.threads=2", "data.threads=1", "data.validationCount=1", "diagnostics.every=0",
      "optimizer.warmUpSteps=0",
    ]
    let encoders = [
      "vit-tiny": "vit_micro", "resnet50_dilated": "resnet18_quarter", "resnet18_dilated": "resnet18_quarter",
      "resnet18": "resnet18_quarter", "resnet20": "resnet20_quarter", "hrnet_w18_small_v2": "resnet18_quarter",
    ]
    if let encoder = encoders[configuration.network.encoder] { changes.append("network.encoder=\(encoder)") }
    if configuration.data.cropHeight > 0 { changes += ["data.cropHeight=\(side)", "data.cropWidth=\(side)"] }
    if isConnectionStrength { changes.append("method.schedule.epoch=1") }
    if configuration.workload.name == "detection" {
      changes += NarrowDetection.settings
    }
    // There is one simulated scene among the files, and one real one.
    if configuration.data.dataset?.name == "metagraspnet" { changes.append("data.dataset.domain=both") }
    for change in changes { try configuration.apply(assignment: change) }
  }
}
