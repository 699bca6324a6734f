import Foundation
import Support

extension DatasetReader {
  /// The reader of Taskonomy.
  static let taskonomy = TaskonomyReader.reader
}

/// Taskonomy.
private enum TaskonomyReader {
  static let reader = DatasetReader(
    name: name,
    summary: "indoor views of buildings with twelve tasks about pixels and two about the view as a whole (Taskonomy)",
    citation: "Zamir et al., Taskonomy: Disentangling Task Transfer Learning, CVPR 2018",
    license: "that of StanfordVL/taskonomy: non-commercial research, no redistribution, no commercial derivatives",
    splits: TaskonomySplits.names,
    layouts: [
      DatasetLayout(
        name: "domains",
        summary:
          "DOMAIN/taskonomy/BUILDING/point_P_view_V_domain_NAME.png (for class_object …_class_object.npy, for class_scene …_class_places.npy) with the domain rgb, splits_taskonomy/train_val_test_{tiny,medium,full,fullplus}.csv"
      ) { $0.file("rgb/taskonomy").isFolder && $0.file("splits_taskonomy").isFolder }
    ],
    settings: [
      DatasetSetting(
        "size", "the list of buildings that is used, 'tiny' by default", choices: TaskonomySplits.sizes),
      DatasetSetting(
        "excluded",
        "buildings that are left out, separated by blanks; 'published' stands for those that the published loader leaves out",
        isList: true),
      DatasetSetting(
        "depth", "the unit of depth: 'log', the default, for log(1 + p) / log(65536), or 'meters'",
        choices: ["log", "meters"]),
      DatasetSetting(
        "reproduce",
        "what published numbers include: 'depth' trains on missing depth as the farthest, 'flip' mirrors normals as if they were colors, 'resizing' interpolates all maps to data.height × data.width",
        choices: TaskonomyFolder.Defect.allCases.map(\.rawValue), isList: true),
    ] + DatasetRequest.splitSettings(training: "train", validation: "val", among: TaskonomySplits.names),
    tasks: { try opened($0).tasks },
    open: { request in
      let files = try opened(request)
      let folder = try request.requiredFolder(of: name)
      let splits = try TaskonomySplits(folder, request)
      return try request.dataset(of: files, reader: name, splits.list)
    })

  private static let name = "taskonomy"

  private static func opened(_ request: DatasetRequest) throws -> TaskonomyFolder {
    let folder = try request.requiredFolder(of: name)
    _ = try reader.layout(of: folder)
    return try TaskonomyFolder(folder, request)
  }
}
