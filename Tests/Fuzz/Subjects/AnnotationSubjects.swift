import Foundation
import Support
import VisionData
import VisionMetrics

/// The annotations of COCO and of UOAIS-Sim, as the data readers read them beside images that are whole.
struct AnnotationSubject: Subject {
  static let name = "annotations"

  private static let corpus = [
    """
    {"images": [{"id": 9, "file_name": "image.png", "height": 2, "width": 3}],
     "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": "car"}],
     "annotations": [{"id": 1, "image_id": 9, "category_id": 3, "iscrowd": 1,
       "segmentation": {"size": [2, 3], "counts": [1, 2, 3]}},
      {"id": 2, "image_id": 9, "category_id": 18, "iscrowd": 0, "bbox": [0, 0, 3, 2],
       "segmentation": [[0, 0, 3, 0.5, 2, 2], [1, 1]]}]}
    """,
    """
    {"images": [{"id": 1, "file_name": "image.png", "depth_file_name": "depth.png", "height": 2, "width": 3}],
     "categories": [{"id": 1, "name": "object"}],
     "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": {"size": [2, 3], "counts": "132"},
       "visible_mask": {"size": [2, 3], "counts": [1, 1, 4]}, "occluded_rate": 0.5}]}
    """,
  ].map { Array($0.utf8) }

  private let files: [URL]
  private let damage = TextDamage.json(corpus)

  init(in folder: URL) throws {
    files = ["instances_val1", "coco_anns_uoais_sim_val"].map { name in
      folder.appendingPathComponent("annotated/\(name)/annotations/\(name).json")
    }
    for file in files {
      let annotations = file.deletingLastPathComponent()
      try FileManager.default.createDirectory(at: annotations, withIntermediateDirectories: true)
      let root = annotations.deletingLastPathComponent()
      for images in [root, root.appendingPathComponent("val")] {
        try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
        try Picture(width: 3, height: 2, channels: 3, samples: .bits8((0..<18).map { UInt8($0 * 14) }))
          .write(to: images.appendingPathComponent("image.png"))
        try Picture(width: 3, height: 2, channels: 1, samples: .bits16([0, 1, 1000, 9000, 20_000, 65_535]))
          .write(to: images.appendingPathComponent("depth.png"))
      }
    }
  }

  /// The first line says which file is damaged.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let place = Int.random(in: 0..<2, using: &generator)
    return Array("\(place)\n".utf8) + damage(Self.corpus[place], using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (line, text) = input.firstLine
    let isCOCO = line != "1"
    let file = files[isCOCO ? 0 : 1]
    try text.write(to: file)
    let folder = file.deletingLastPathComponent().deletingLastPathComponent()
    let settings = isCOCO ? ["training": file.path] : [:]
    let request = DatasetRequest(
      folder: folder, tasks: isCOCO ? ["objects"] : ["objects", "depth"], trainingCount: 3, validationCount: 3,
      height: 2, width: 3, settings: settings)
    // UOAIS-Sim has two files, of which one is damaged.
    if !isCOCO {
      try Self.corpus[1].write(
        to: file.deletingLastPathComponent().appendingPathComponent("coco_anns_uoais_sim_train.json"))
      try? FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("train"), withDestinationURL: folder.appendingPathComponent("val"))
    }
    let dataset = try DatasetReader.registry.require(isCOCO ? "coco" : "uoais").open(request)
    for position in 0..<dataset.validation.count {
      let sample = try dataset.validation.sample(at: position)
      for object in sample.targets["objects"]?.objects ?? [] {
        guard object.amodalMask.height == 2, object.amodalMask.width == 3, object.amodalMask.area > 0,
          (0...1).contains(object.occludedFraction)
        else { throw Violation("an object has a mask of \(object.amodalMask.height)×\(object.amodalMask.width)") }
      }
    }
  }
}

/// The runs of masks: COCO's, compressed and as a list, and those of this software's own files.
struct RunLengthSubject: Subject {
  static let name = "rle"

  private static let lists = ["[7, 4, 2, 4, 37]", "[0, 54]", "[54]", "[1, 0, 0, 53]", "[53, 1]"]
  private static let texts = ["740200", "1404O14O1401", "f1", "0f1", "i43k04M3L3M4L00N2O2M2N2O1N2O1Ncc0"]
  private static let corpus = lists.map { #"{"height": 6, "width": 9, "counts": \#($0)}"# }.map { Array($0.utf8) }
  private let damage = TextDamage.json(corpus)

  init(in folder: URL) {}

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    guard Bool.random(using: &generator) else {
      return damage(Self.corpus.randomElement(using: &generator)!, using: &generator)
    }
    let texts = Self.texts.map { Array($0.utf8) }
    return Array("text\n".utf8)
      + Damage.bytes(texts.randomElement(using: &generator)!, others: texts, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (line, text) = input.firstLine
    if line == "text" {
      let mask = try COCOMask(compressed: String(decoding: text, as: UTF8.self), height: 6, width: 9)
      guard mask.pixels.count(where: { $0 }) == mask.pixelCount,
        COCOMask(pixels: mask.pixels, height: 6, width: 9) == mask
      else {
        throw Violation("the pixels are others than the runs")
      }
      return
    }
    let mask: RunLengthMask
    // Readers of files say which file it is.
    do { mask = try JSONDecoder().decode(RunLengthMask.self, from: Data(input)) } catch let error as DecodingError {
      throw FileError(URL(fileURLWithPath: "objects.json"), "is damaged: \(String("\(error)".prefix(200)))")
    }
    guard (0...mask.height * mask.width).contains(mask.area) else { throw Violation("the area is \(mask.area)") }
    // The data set's size is compared before pixels are made.
    guard mask.height == 6, mask.width == 9 else { return }
    guard mask.pixels.count == 54, mask.pixels.count(where: { $0 }) == mask.area, (mask.box == nil) == (mask.area == 0)
    else {
      throw Violation("the pixels are others than the runs")
    }
  }
}
