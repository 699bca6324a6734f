import Foundation
import Support

extension DatasetReader {
  /// The reader of Cityscapes, as it is published and as arrays.
  static let cityscapes = CityscapesReader.reader
}

/// Cityscapes.
private enum CityscapesReader {
  static let reader = DatasetReader(
    name: name, summary: "streets: segmentation of 19 classes or seven categories, disparity and depth (Cityscapes)",
    citation: "Cordts et al., The Cityscapes Dataset for Semantic Urban Scene Understanding, CVPR 2016",
    license: "that of cityscapes-dataset.com: non-commercial use, no redistribution of the data or of modified copies",
    splits: ["train", "val", "test"],
    layouts: [
      DatasetLayout(
        name: official,
        summary:
          "leftImg8bit/{train,val,test}/CITY/ID_leftImg8bit.png, gtFine/…/ID_gtFine_labelIds.png, disparity/…/ID_disparity.png, camera/…/ID_camera.json"
      ) { $0.file("leftImg8bit").isFolder },
      DatasetLayout(
        name: "mtan",
        summary:
          "{train,val}/{image,depth}/0.npy, 1.npy, … with label_7 or label, and label_19 (MTAN, LibMTL), no normal"
      ) { folder in
        NumberedFolder.isOne(folder) && !folder.file("train/normal").isFolder
          && (categoryFolders + ["label_19"]).contains { folder.file("train/\($0)").isFolder }
      },
    ],
    settings: DatasetRequest.splitSettings(training: "train", validation: "val", among: ["train", "val", "test"]),
    tasks: { try opened($0).files.tasks },
    open: { request in
      let (files, list) = try opened(request)
      return try request.dataset(of: files, reader: name, list)
    })

  private static let name = "cityscapes"
  private static let official = "official"

  private static func opened(
    _ request: DatasetRequest
  ) throws -> (files: any SampleFiles, list: (String) throws -> SplitList) {
    let folder = try request.requiredFolder(of: name)
    guard try reader.layout(of: folder).name == official else {
      let files = try NumberedFolder(folder, numbered(folder), request)
      return (files, files.list)
    }
    let files = try CityscapesFolder(folder, request)
    return (files, files.list)
  }

  /// The older archive has its seven classes in `label`, the newer one in `label_7`.
  private static let categoryFolders = ["label_7", "label"]

  private static func numbered(_ folder: URL) -> [NumberedFolder.Source] {
    let categories = categoryFolders.first { folder.file("train/\($0)").isFolder } ?? categoryFolders[0]
    return [
      NumberedFolder.Source(task: CityscapesClasses.classTask, folder: "label_19", channels: 1) {
        try $0.labels(of: $1, unknown: -1)
      },
      NumberedFolder.Source(task: CityscapesClasses.categoryTask, folder: categories, channels: 1) {
        try $0.labels(of: $1, unknown: -1)
      },
      // The folder is called depth, and holds its inverse.
      NumberedFolder.Source(task: CityscapesFolder.disparityTask, folder: "depth", channels: 1) { file, _ in
        try file.inverseDistances { $0 == 0 ? nil : $0 }
      },
    ]
  }
}
