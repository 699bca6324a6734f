import Foundation
import Support

extension DatasetReader {
  /// The reader of detection data in COCO's format: objects with boxes and masks.
  ///
  /// Groups of objects (crowds) are no samples to learn: they are left out in training, and marked in validation.
  static let coco = DatasetReader(
    name: "coco", summary: "photographs with the masks of objects, in COCO's JSON format",
    citation: "Lin et al., Microsoft COCO: Common Objects in Context, ECCV 2014",
    license: "annotations CC BY 4.0; each photograph as its owner on Flickr says", splits: ["train", "val"],
    layouts: [
      DatasetLayout(
        name: "instances",
        summary: "annotations/instances_{train,val}*.json, with the images in the folders train* and val*"
      ) { COCOFolder.holdsAnnotations($0) }
    ],
    settings: [
      DatasetSetting("training", "the file of annotations to train on; annotations/instances_train*.json by default"),
      DatasetSetting(
        "validation", "the file of annotations to validate on; annotations/instances_val*.json by default"),
      DatasetSetting(
        "trainingImages", "the folder of the images to train on; by default what follows instances_ in the file's name"),
      DatasetSetting("validationImages", "as trainingImages, for validation"),
      DatasetSetting(
        "emptyImages", "whether images without objects are trained on, 'keep' by default", choices: ["keep", "drop"]),
      DatasetSetting(
        "depthScale",
        "the meters of one unit of depth files, PNG of 16 bits that 'depth_file_name' names for images with depth; 0.001 by default"
      ),
    ],
    tasks: { try COCOFolder($0).tasks() }, open: { try COCOFolder($0).open() })
}

/// A folder with data in COCO's format, as a request wants it.
struct COCOFolder {
  private let request: DatasetRequest
  private let folder: URL

  private static let beginning = "instances_"

  init(_ request: DatasetRequest) throws {
    folder = try request.requiredFolder(of: "coco")
    self.request = request
  }

  static func holdsAnnotations(_ folder: URL) -> Bool { !annotationFiles(of: folder, beginning).isEmpty }

  private static func annotationFiles(of folder: URL, _ beginning: String) -> [String] {
    let names = (try? folder.file("annotations").contents()) ?? []
    return names.filter { $0.hasPrefix(beginning) && $0.hasSuffix(".json") }
  }

  func tasks() throws -> [VisionTask] {
    guard let file = try file(of: "validation") ?? file(of: "training") else { throw unrecognized }
    return [Self.task(try COCOAnnotations(file, images: folder))]
  }

  func open() throws -> Dataset {
    guard let validation = try part("validation") else {
      guard let training = try part("training") else { throw unrecognized }
      return try open(dividing: training)
    }
    guard let training = try part("training") else { return try open(dividing: validation) }
    guard training.classes == validation.classes else {
      throw FileError(
        try file(of: "validation")!,
        "has other categories than \(try file(of: "training")!.lastPathComponent): both have to have the same numbers and names"
      )
    }
    return try dataset(training, training.entries, validation, validation.entries)
  }

  /// A single file is divided by the seed.
  private func open(dividing part: COCOAnnotations) throws -> Dataset {
    guard
      let split = SeededSplit(
        part.entries, groupedBy: { "\($0.image.id)" }, validationCount: request.validationCount, seed: request.seed)
    else {
      throw FileError(folder, "has annotations of fewer than two images: there is nothing to train and validate on")
    }
    return try dataset(
      part, split.training, part, split.validation,
      note: "there is one file of annotations: the images to evaluate on are drawn from it (data.seed)")
  }

  private func dataset(
    _ training: COCOAnnotations, _ trainingEntries: [COCOAnnotations.Entry], _ validation: COCOAnnotations,
    _ validationEntries: [COCOAnnotations.Entry], note: String? = nil
  ) throws -> Dataset {
    let dropsEmpty = request.settings["emptyImages"] == "drop"
    let filled = trainingEntries.filter { !dropsEmpty || !$0.annotations.isEmpty }
    let used = (
      UsedSamples.training(filled, request), UsedSamples.validation(validationEntries, request)
    )
    return Dataset(
      tasks: [Self.task(validation)], training: try samples(training, used.0.entries, keepsCrowds: false),
      validation: try samples(validation, used.1.entries, keepsCrowds: true),
      note: [note, used.0.note, used.1.note].joinedNotes)
  }

  private func samples(
    _ part: COCOAnnotations, _ entries: [COCOAnnotations.Entry], keepsCrowds: Bool
  ) throws -> ListedSamples<COCOScene> {
    try part.requireFiles(of: entries)
    let (files, channels) = (PixelFiles(request), request.channels)
    let tasks = [Self.task(part)].filter { request.tasks.contains($0.name) }
    let scale = try request.positiveNumber("depthScale", default: 0.001)
    let scenes = try entries.map { entry in
      let depth = channels.depthChannel == nil ? nil : (file: try part.depthFile(of: entry), scale: scale)
      return COCOScene(annotations: part, entry: entry, depth: depth, keepsCrowds: keepsCrowds)
    }
    return ListedSamples(scenes, tasks: tasks) { try $0.sample(tasks: tasks, channels, files) }
  }

  private static func task(_ part: COCOAnnotations) -> VisionTask {
    VisionTask("objects", .objects(classes: part.classes))
  }

  // MARK: Places

  /// The annotations of a part; nil if there is no file of them.
  private func part(_ name: String) throws -> COCOAnnotations? {
    try file(of: name).map { try COCOAnnotations($0, images: images(of: $0, request.settings["\(name)Images"], name)) }
  }

  /// The file of a part's annotations: that of the settings, or the only one of the usual name.
  private func file(of part: String) throws -> URL? {
    let root = part == "validation" ? request.validationFolder ?? folder : folder
    if let path = request.settings[part] { return URL(fileURLWithPath: path, relativeTo: root.file("")) }
    let usual = Self.beginning + (part == "training" ? "train" : "val")
    let names = Self.annotationFiles(of: root, usual)
    guard names.count < 2 else {
      throw FileError(
        root.file("annotations"),
        "has \(names.joined(separator: " and ")): which one is for \(part) has to be said, as in data: {dataset: {name: coco, \(part): annotations/\(names[0])}}"
      )
    }
    return names.first.map { root.file("annotations/\($0)") }
  }

  /// The folder of a part's images: that of the settings, or what the file's name says.
  private func images(of file: URL, _ setting: String?, _ part: String) throws -> URL {
    let root = part == "validation" ? request.validationFolder ?? folder : folder
    if let setting { return URL(fileURLWithPath: setting, relativeTo: root.file("")) }
    let name = file.deletingPathExtension().lastPathComponent
    let split = name.hasPrefix(Self.beginning) ? String(name.dropFirst(Self.beginning.count)) : name
    return [root.file(split), root.file("images/\(split)"), root.file("images")].first { $0.isFolder } ?? root
  }

  private var unrecognized: FileError {
    FileError(
      folder,
      "has neither annotations/instances_train*.json nor annotations/instances_val*.json: the settings training and validation may name other files"
    )
  }
}
