import Foundation
import Support

/// What a detector found in the images of a ground truth: a list of detections.
struct COCODetectionFile: Sendable {
  let text: COCOText
  let detections: [COCORecord]

  /// The whole file is the list.
  static let field = ""

  /// - Parameters:
  ///   - truth: has all images and, if categories count, all categories of the detections.
  ///   - isClassAgnostic: whether categories do not count. Then they may be any, and may be missing.
  /// - Throws: `FileError` with the file and the entry that is wrong.
  init(contentsOf url: URL, of truth: COCOTruthFile, isClassAgnostic: Bool) throws {
    let text = try COCOText(contentsOf: url)
    self.text = text
    do {
      detections = try text.scan { scanner in
        guard scanner.nextKind() != .object else {
          throw FileError(url, "is an object: detections are a list, and an object holds ground truth")
        }
        let detections = try text.readList(Self.field, &scanner) { try COCORecord(&$0) }
        try scanner.finish()
        return detections
      }
    } catch let failure as JSONScanner.Failure {
      throw FileError(url, "is no list of detections in COCO's format: \(failure)")
    }
    for (index, detection) in detections.enumerated() {
      try text.naming(COCOText.place(Self.field, index)) {
        try Self.check(detection, truth, isClassAgnostic: isClassAgnostic)
      }
    }
  }

  private static func check(_ detection: COCORecord, _ truth: COCOTruthFile, isClassAgnostic: Bool) throws {
    guard let image = detection.image else { throw COCOProblem("has no 'image_id'") }
    guard truth.position(ofImage: image) != nil else {
      throw COCOProblem(
        "belongs to the image \(image), which \(truth.text.url.lastPathComponent) does not have: the detections are of other images"
      )
    }
    guard detection.score != nil else { throw COCOProblem("has no 'score'") }
    if isClassAgnostic { return }
    guard let category = detection.category else { throw COCOProblem("has no 'category_id'") }
    guard truth.categories.contains(category) else {
      throw COCOProblem(
        "belongs to the category \(category), which \(truth.text.url.lastPathComponent) does not have")
    }
  }
}
