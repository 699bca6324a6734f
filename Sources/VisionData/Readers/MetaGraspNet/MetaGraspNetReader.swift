import Foundation
import Support

extension DatasetReader {
  /// The reader of MetaGraspNet, simulated and real.
  static let metaGraspNet = DatasetReader(
    name: "metagraspnet", summary: "bins of articles, simulated and real, with visible and amodal masks, and depth",
    citation:
      "Gilles et al., MetaGraspNet: A Large-Scale Benchmark Dataset for Scene-Aware Ambidextrous Bin Picking via Physics-Based Metaverse Synthesis, CASE 2022",
    license: "CC BY-NC-SA 3.0, academic use alone", splits: [],
    layouts: [
      DatasetLayout(
        name: "scenes",
        summary:
          "folders of scenes at any depth, such as dataset_sim/scene20 or dataset_real/scene46, with {view}_rgb.png and {view}.npz"
      ) { MetaGraspNetFolder.isOne($0) }
    ],
    settings: [
      DatasetSetting(
        "domain", "which scenes; 'sim' by default, or 'real' if there are no simulated ones",
        choices: ["sim", "real", "both"]),
      DatasetSetting(
        "classes", "whether objects are of one class, 'object', or 'articles' of 97; 'object' by default",
        choices: ["object", "articles"]),
      DatasetSetting(
        "training",
        "a file with the scenes or views to train on, one on each line; whole scenes are drawn by default"),
      DatasetSetting("validation", "as training, for validation"),
    ],
    tasks: { MetaGraspNetFolder.tasks($0) }, open: { try MetaGraspNetFolder($0).open() })
}

/// A folder of MetaGraspNet's scenes, as a request wants it.
struct MetaGraspNetFolder {
  private let request: DatasetRequest
  private let views: [MetaGraspNetView]
  /// How many views of real scenes have no amodal masks.
  private let leftOutCount: Int

  /// The articles are numbered from 1 to 97, with gaps.
  static let articleCount = 97
  private static let articles = (1...articleCount).map { "article-\($0)" }

  static func isOne(_ folder: URL) -> Bool { MetaGraspNetTree.hasViews(folder) }

  static func tasks(_ request: DatasetRequest) -> [VisionTask] {
    [
      VisionTask("objects", .objects(classes: request.settings["classes"] == "articles" ? articles : ["object"])),
      VisionTask("depth", .depth),
      VisionTask("segmentation", .segmentation(classes: ["background"] + articles)),
    ]
  }

  /// - Throws: `FileError` for a folder without views of the wanted kind.
  init(_ request: DatasetRequest) throws {
    let folder = try request.requiredFolder(of: "metagraspnet")
    self.request = request
    let all = try MetaGraspNetTree.views(in: folder)
    let domain = request.settings["domain"] ?? (all.contains { !$0.isReal } ? "sim" : "real")
    let chosen = all.filter { domain == "both" || $0.isReal == (domain == "real") }
    guard !chosen.isEmpty else {
      throw FileError(
        folder, "has no \(domain == "sim" ? "simulated" : "real") scenes (data.dataset: the setting domain)")
    }
    // Most views of real scenes were published without masks of whole objects.
    views = chosen.filter { !request.tasks.contains("objects") || $0.mayHaveAmodalMasks }
    leftOutCount = chosen.count - views.count
    guard !views.isEmpty else {
      throw FileError(folder, "has no view with amodal masks, {view}_amodal.npz, among \(chosen.count) real ones")
    }
  }

  func open() throws -> Dataset {
    let (training, validation) = try parts()
    let used = (UsedSamples.training(training, request), UsedSamples.validation(validation, request))
    let note = leftOutCount == 0 ? nil : "\(leftOutCount) real views have no amodal masks, and are left out"
    return Dataset(
      tasks: Self.tasks(request), training: samples(used.0.entries), validation: samples(used.1.entries),
      note: [note, used.0.note, used.1.note].joinedNotes)
  }

  private func samples(_ views: [MetaGraspNetView]) -> ListedSamples<MetaGraspNetView> {
    let (files, channels) = (PixelFiles(request), request.channels)
    let tasks = Self.tasks(request).filter { request.tasks.contains($0.name) }
    return ListedSamples(views, tasks: tasks) { try $0.sample(tasks: tasks, channels, files) }
  }

  private func parts() throws -> (training: [MetaGraspNetView], validation: [MetaGraspNetView]) {
    let lists = try ["training", "validation"].map { name in try request.settings[name].map(listed) }
    if let training = lists[0], let validation = lists[1] { return (training, validation) }
    guard lists[0] == nil, lists[1] == nil else {
      throw DatasetRequestError(
        "data.dataset: 'training' and 'validation' of metagraspnet belong together: both are files, or neither")
    }
    if let folder = request.validationFolder {
      var other = request
      (other.folder, other.validationFolder) = (folder, nil)
      return (views, try MetaGraspNetFolder(other).views)
    }
    guard
      let split = SeededSplit(
        views, groupedBy: \.scene, validationCount: request.validationCount, seed: request.seed)
    else {
      throw FileError(
        request.folder!,
        "has views of one scene, '\(views[0].scene)': whole scenes are drawn for validation, so that two are needed, or lists of views (the settings training and validation)"
      )
    }
    return (split.training, split.validation)
  }

  /// The views that a file lists, by their own names or by those of their scenes.
  private func listed(_ path: String) throws -> [MetaGraspNetView] {
    let file = URL(fileURLWithPath: path, relativeTo: request.folder!.file(""))
    let byScene = Dictionary(grouping: views, by: \.scene)
    let byID = Dictionary(uniqueKeysWithValues: views.map { ($0.id, $0) })
    return try SplitList(name: path, contentsOf: file).ids.flatMap { id in
      guard let found = byScene[id] ?? byID[id].map({ [$0] }) else {
        throw FileError(
          file, "names '\(excerpt(id))', which is no scene or view here: \(views[0].scene) and \(views[0].id) are")
      }
      return found
    }
  }
}
