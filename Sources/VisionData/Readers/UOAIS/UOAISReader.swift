import Foundation
import Support

extension DatasetReader {
  /// The reader of UOAIS-Sim, which is synthetic, and of OSD, photographs for evaluation with amodal masks by the same
  /// authors.
  static let uoais = DatasetReader(
    name: "uoais", summary: "cluttered objects with visible and amodal masks, and depth: UOAIS-Sim and OSD",
    citation:
      "Back et al., Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling, ICRA 2022; Richtsfeld et al., Segmentation of Unknown Objects in Indoor Environments, IROS 2012",
    license: "academic, non-commercial use", splits: ["train", "val"],
    layouts: [
      DatasetLayout(
        name: "uoais-sim",
        summary: "annotations/coco_anns_uoais_sim_{train,val}.json, with the images below train/ and val/"
      ) { UOAISFolder.isSimulated($0) },
      DatasetLayout(
        name: "osd",
        summary: "image_color/, disparity/, annotation/ and amodal_annotation/ with PNG files, all for evaluation"
      ) { OSDFolder.isOne($0) },
    ],
    settings: [
      DatasetSetting(
        "depthScale", "the meters of one unit of the depth files; by default 0.0001 for UOAIS-Sim, and 0.001 for OSD")
    ],
    tasks: { _ in UOAISFolder.tasks }, open: { try UOAISFolder.open($0) })
}

/// The folder of UOAIS-Sim. A second folder for validation may be of it, or OSD.
enum UOAISFolder {
  static let tasks = [VisionTask("objects", .objects(classes: ["object"])), VisionTask("depth", .depth)]

  private static func annotations(_ split: String, in folder: URL) -> URL {
    folder.file("annotations/coco_anns_uoais_sim_\(split).json")
  }

  static func isSimulated(_ folder: URL) -> Bool {
    annotations("train", in: folder).exists || annotations("val", in: folder).exists
  }

  static func open(_ request: DatasetRequest) throws -> Dataset {
    let folder = try request.requiredFolder(of: "uoais")
    let validation = try part(of: request.validationFolder ?? folder, split: "val", request)
    let layout = try DatasetReader.uoais.layout(of: folder)
    let training = layout.name == "osd" ? [] : try part(of: folder, split: "train", request)
    let note =
      training.isEmpty ? "OSD is for evaluation alone: there are no samples to train on" : nil
    let used = (UsedSamples.training(training, request), UsedSamples.validation(validation, request))
    return Dataset(
      tasks: tasks, training: samples(used.0.entries, request), validation: samples(used.1.entries, request),
      note: [note, used.0.note, used.1.note].joinedNotes)
  }

  private static func part(
    of folder: URL, split: String, _ request: DatasetRequest
  ) throws -> [any ObjectScene] {
    switch try DatasetReader.uoais.layout(of: folder).name {
    case "osd": try OSDFolder(folder).scenes(depthScale: request.positiveNumber("depthScale", default: 0.001))
    default:
      try UOAISScene.list(
        annotations(split, in: folder), images: folder.file(split),
        depthScale: request.positiveNumber("depthScale", default: 0.0001))
    }
  }

  private static func samples(
    _ scenes: [any ObjectScene], _ request: DatasetRequest
  ) -> ListedSamples<any ObjectScene> {
    let (files, channels) = (PixelFiles(request), request.channels)
    let tasks = tasks.filter { request.tasks.contains($0.name) }
    return ListedSamples(scenes, tasks: tasks) { try $0.sample(tasks: tasks, channels, files) }
  }
}
