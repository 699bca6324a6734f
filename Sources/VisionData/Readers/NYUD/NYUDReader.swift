import Foundation
import Support

extension DatasetReader {
  /// The reader of NYU Depth v2 with four tasks, in the archives' forms.
  static let nyud = NYUDReader.reader
}

/// NYU Depth v2.
private enum NYUDReader {
  static let reader = DatasetReader(
    name: name, summary: "indoor scenes with depth: segmentation, depth, normals and edges (NYU Depth v2)",
    citation: "Silberman et al., Indoor Segmentation and Support Inference from RGBD Images, ECCV 2012",
    license: "none is stated by the authors: ask them before other use than research", splits: ["train", "val"],
    layouts: NYUDLayout.allCases.map(\.layout),
    settings: [
      DatasetSetting(
        "reproduce",
        "what published numbers include: 'normals' trains on unlabeled normals of PNG and JPEG files, 'void' keeps the unlabeled pixels as a 41st class, the first",
        choices: ["normals", "void"], isList: true),
      DatasetSetting("depthScale", "the meters of one unit of the depth files, 1 by default"),
    ] + DatasetRequest.splitSettings(training: "train", validation: "val", among: ["train", "val"]),
    tasks: { try opened($0).files.tasks },
    open: { request in
      let (files, list) = try opened(request)
      return try request.dataset(of: files, reader: name, list)
    })

  private static let name = "nyud"

  /// The data set in the form that lies there, and how its splits are listed.
  private static func opened(
    _ request: DatasetRequest
  ) throws -> (files: any SampleFiles, list: (String) throws -> SplitList) {
    let folder = try request.requiredFolder(of: name)
    switch NYUDLayout(rawValue: try reader.layout(of: folder).name) {
    case .official: throw NYUDLayout.conversion(of: folder)
    case .numbered:
      let files = try NumberedFolder(folder, try numbered(request), request)
      return (files, files.list)
    case .survey, .png, .first, nil:
      return (
        try NYUDFolder(folder, request), { try SplitList(name: $0, contentsOf: folder.file("gt_sets/\($0).txt")) }
      )
    }
  }

  private static func numbered(_ request: DatasetRequest) throws -> [NumberedFolder.Source] {
    let scale = try request.positiveNumber("depthScale", default: 1)
    return [
      NumberedFolder.Source(
        task: VisionTask("segmentation", .segmentation(classes: NYUDClasses.thirteen)), folder: "label", channels: 1
      ) { try $0.labels(of: $1, unknown: -1) },
      NumberedFolder.Source(task: VisionTask("depth", .depth), folder: "depth", channels: 1) { file, _ in
        try file.depth(scale: scale, farthest: NYUDFolder.farthest, of: name)
      },
      NumberedFolder.Source(task: VisionTask("normals", .normals), folder: "normal", channels: 3) { file, _ in
        try file.directions({ $0 }) { vector, _ in vector != .zero }
      },
    ]
  }
}
