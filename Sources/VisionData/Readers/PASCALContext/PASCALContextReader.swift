import Foundation
import Support

extension DatasetReader {
  /// The reader of PASCAL-Context with five tasks.
  static let pascalContext = PASCALContextReader.reader
}

/// PASCAL-Context in the archive that the multi-task literature uses (PASCAL_MT).
private enum PASCALContextReader {
  static let reader = DatasetReader(
    name: name,
    summary:
      "photographs: segmentation, human parts, distilled normals and saliency, edges (PASCAL-Context, PASCAL_MT)",
    citation:
      "Mottaghi et al., The Role of Context for Object Detection and Semantic Segmentation in the Wild, CVPR 2014; Chen et al., Detect What You Can (parts), CVPR 2014; Maninis et al., Attentive Single-Tasking of Multiple Tasks (normals and saliency), CVPR 2019",
    license: "images under the terms of Flickr, as those of PASCAL VOC 2010; none is stated for the annotations",
    splits: ["train", "val"],
    layouts: [
      DatasetLayout(
        name: "pascal-mt",
        summary:
          "ImageSets/Context/{train,val}.txt, JPEGImages/ID.jpg, semseg/{VOC12,pascal-context}/ID.png, human_parts/ID.mat, normals_distill/ID.png, sal_distill/ID.png, pascal-context/trainval/ID.mat"
      ) { $0.file("ImageSets/Context").isFolder && $0.file("JPEGImages").isFolder }
    ],
    settings: [
      DatasetSetting(
        "reproduce",
        "what published numbers include: 'persons' leaves out images without a person where human parts are the only task",
        choices: ["persons"], isList: true)
    ] + DatasetRequest.splitSettings(training: "train", validation: "val", among: ["train", "val"]),
    tasks: { try opened($0).tasks },
    open: { request in
      let files = try opened(request)
      let folder = try request.requiredFolder(of: name)
      let needsPersons = request.reproduces("persons") && request.tasks == [PASCALFolder.partsTask.name]
      return try request.dataset(of: files, reader: name) { split in
        let list = try SplitList(name: split, contentsOf: folder.file("ImageSets/Context/\(split).txt"))
        guard needsPersons else { return list }
        return SplitList(name: split, ids: try list.ids.filter { try files.parts(of: $0).showPerson })
      }
    })

  private static let name = "pascal-context"

  private static func opened(_ request: DatasetRequest) throws -> PASCALFolder {
    let folder = try request.requiredFolder(of: name)
    _ = try reader.layout(of: folder)
    return try PASCALFolder(folder, request)
  }
}
