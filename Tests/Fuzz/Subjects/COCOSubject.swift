import Foundation
import Support
import VisionMetrics

/// Ground truth and detections in COCO's formats, of which one file is damaged: what `polymath evaluate-coco` reads.
struct COCOSubject: Subject {
  static let name = "coco"

  private static let truth = Array(
    """
    {"images": [{"id": 0, "height": 6, "width": 9}, {"id": 4, "height": 5, "width": 5}],
     "categories": [{"id": 0, "name": "a"}, {"id": 7, "name": "b"}],
     "annotations": [{"id": 1, "image_id": 0, "category_id": 7, "bbox": [1, 1, 3.5, 4], "area": 12, "iscrowd": 1,
       "segmentation": {"size": [6, 9], "counts": [7, 4, 2, 4, 37]}},
      {"id": 2, "image_id": 0, "category_id": 0, "bbox": [0, 0, 9, 6], "ignore": 0,
       "segmentation": [[0, 0, 9, 0.5, 8, 6, 0, 6], [1, 1, 4, 1, 2.5, 5]]},
      {"id": 3, "image_id": 4, "category_id": 7, "bbox": [0, 0, 5, 5], "iscrowd": false,
       "segmentation": {"size": [5, 5], "counts": "0i0"}}]}
    """.utf8)
  private static let detections = Array(
    """
    [{"image_id": 0, "category_id": 7, "score": 0.5, "bbox": [1, 1, 3, 4],
      "segmentation": {"size": [6, 9], "counts": "740200"}},
     {"image_id": 4, "category_id": 7, "score": 1e-3, "bbox": [0, 1, 5, 4],
      "segmentation": {"size": [5, 5], "counts": "1404O14O1401"}},
     {"image_id": 0, "category_id": 0, "score": -2, "bbox": [0, 0, 9, 6],
      "segmentation": {"size": [6, 9], "counts": [0, 54]}}]
    """.utf8)

  private let truthFile: URL
  private let detectionFile: URL
  private let damage = TextDamage.json([truth, detections])

  init(in folder: URL) throws {
    truthFile = folder.appendingPathComponent("gt.json")
    detectionFile = folder.appendingPathComponent("dt.json")
  }

  /// The first line names the file that is damaged, and what is measured.
  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let isTruth = Bool.random(using: &generator)
    let kind = COCOEvaluation.Kind.allCases.randomElement(using: &generator)!
    return Array("\(isTruth ? "truth" : "detections") \(kind.rawValue)\n".utf8)
      + damage(isTruth ? Self.truth : Self.detections, using: &generator)
  }

  func read(_ input: [UInt8]) throws {
    let (line, text) = input.firstLine
    let isTruth = line.hasPrefix("truth")
    try (isTruth ? text : Self.truth).write(to: truthFile)
    try (isTruth ? Self.detections : text).write(to: detectionFile)
    let kind: COCOEvaluation.Kind = line.hasSuffix("box") ? .box : .segmentation
    for isClassAgnostic in [false, true] {
      let summary = try COCOEvaluation(kind, isClassAgnostic: isClassAgnostic, threadCount: 1).summary(
        truth: truthFile, detections: detectionFile)
      guard summary.values.allSatisfy({ (0...1).contains($0.value) || $0.value == -1 }) else {
        throw Violation("the numbers are \(summary.values)")
      }
    }
  }
}
