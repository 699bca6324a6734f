import Foundation
import Support
import TestSupport
import Testing
import VisionMetrics

/// Files in COCO's formats, right and wrong.
@Suite struct COCOFileTests {
  private let truth = """
    {"images": [{"id": 4, "height": 4, "width": 5, "file_name": "a.png"}, {"id": 0, "height": 4, "width": 5}],
     "categories": [{"id": 0, "name": "a"}, {"id": 3, "name": "b"}], "licenses": null,
     "annotations": [
      {"id": 0, "image_id": 0, "category_id": 3, "bbox": [1, 0, 2.0, 4], "area": 8, "iscrowd": 0,
       "segmentation": {"size": [4, 5], "counts": [4, 8, 8]}},
      {"id": 7, "image_id": 4.0, "category_id": 0, "bbox": [0, 0, 5, 4], "iscrowd": false,
       "segmentation": [[0, 0, 5, 0, 5, 4, 0, 4]]}]}
    """
  private let detections = """
    [{"image_id": 0, "category_id": 3, "bbox": [1, 0, 2, 4], "score": 0.5,
      "segmentation": {"counts": [4, 8, 8], "size": [4, 5]}},
     {"image_id": 4, "category_id": 0, "bbox": [0, 0, 5, 4], "score": 1e-3,
      "segmentation": {"size": [4, 5], "counts": "0d0"}}]
    """

  private func summary(
    _ truth: String, _ detections: String, _ kind: COCOEvaluation.Kind = .box, isClassAgnostic: Bool = false
  ) throws -> COCOSummary {
    try withTemporaryFolder { folder in
      let urls = ["gt.json", "dt.json"].map { folder.appendingPathComponent($0) }
      try Data(truth.utf8).write(to: urls[0])
      try Data(detections.utf8).write(to: urls[1])
      return try COCOEvaluation(kind, isClassAgnostic: isClassAgnostic).summary(truth: urls[0], detections: urls[1])
    }
  }

  @Test(arguments: COCOEvaluation.Kind.allCases) func filesAreRead(_ kind: COCOEvaluation.Kind) throws {
    for isClassAgnostic in [false, true] {
      let summary = try summary(truth, detections, kind, isClassAgnostic: isClassAgnostic)
      expectClose(
        summary.values.map(\.value), [1, 1, 1, 1, -1, -1, 1, 1, 1, 1, -1, -1], tolerance: 1e-9,
        "\(kind), \(isClassAgnostic)")
    }
  }

  @Test func theBoxOfASegmentationIsTaken() throws {
    let masks = detections.replacing(/"bbox": \[[^\]]*\],/, with: "")
    #expect(try summary(truth, masks) == summary(truth, detections))
    #expect(
      try summary(truth.replacing(/"bbox": \[[^\]]*\],/, with: "\"bbox\": [],"), masks) == summary(truth, detections))
  }

  @Test func nothingFoundAndNothingThere() throws {
    #expect(try summary(truth, "[]").values.map(\.value) == [0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1, -1])
    let empty = #"{"images": [{"id": 0}, {"id": 4}], "categories": [], "annotations": []}"#
    #expect(try summary(empty, "[]").values.allSatisfy { $0.value == -1 })
    #expect(try summary(empty, detections, isClassAgnostic: true).values.allSatisfy { $0.value == -1 })
    #expect(
      try summary(#"{"images": [], "categories": [], "annotations": []}"#, "[]").values.allSatisfy { $0.value == -1 })
  }

  @Test func categoriesOfDetectionsMayBeAnyIfTheyDoNotCount() throws {
    let other = detections.replacing("\"category_id\": 3,", with: "").replacing(
      #""category_id": 0"#, with: #""category_id": 99"#)
    #expect(
      try summary(truth, other, isClassAgnostic: true) == summary(truth, detections, isClassAgnostic: true))
  }

  private struct Mistake {
    var truth: (String, String)?
    var detections: (String, String)?
    var kind = COCOEvaluation.Kind.box
    let answer: String
  }

  private static let mistakes: [Mistake] = [
    Mistake(truth: ("\"id\": 4,", "\"id\": 0,"), answer: "gt.json: images[1] has the id 0, which images[0] has too"),
    Mistake(truth: ("{\"id\": 3", "{\"id\": 0"), answer: "gt.json: categories[1] has the id 0"),
    Mistake(truth: ("\"id\": 7", "\"id\": 0"), answer: "annotations[1] has the id 0, which annotations[0] has too"),
    Mistake(truth: ("\"height\": 4", "\"height\": 0"), answer: "images[0] is 0 pixels high and 5 wide"),
    Mistake(truth: ("{\"id\": 4, ", "{"), answer: "images[0] has no 'id'"),
    Mistake(truth: ("\"images\"", "\"pictures\""), answer: "gt.json: has no 'images': ground truth is"),
    Mistake(
      truth: ("\"image_id\": 0", "\"image_id\": 1"), answer: "annotations[0] belongs to the image 1, which is not"),
    Mistake(truth: ("\"image_id\": 0, ", ""), answer: "annotations[0] has no 'image_id'"),
    Mistake(truth: ("\"category_id\": 0, ", ""), answer: "annotations[1] has no 'category_id'"),
    Mistake(truth: ("\"image_id\": 0", "\"image_id\": 0.5"), answer: "annotations[0] has the 'image_id' 0.5, which is"),
    Mistake(
      truth: ("\"image_id\": 0", "\"image_id\": \"0\""),
      answer: "annotations[0] has a wrong 'image_id' (byte"),
    Mistake(truth: ("\"category_id\": 3", "\"category_id\": 1"), answer: "annotations[0] belongs to the category 1"),
    Mistake(truth: ("\"area\": 8", "\"area\": -8"), answer: "annotations[0] has the 'area' -8.0"),
    Mistake(truth: ("[1, 0, 2.0, 4]", "[1, 0, 2.0]"), answer: "annotations[0] has a 'bbox' of 3 numbers"),
    Mistake(truth: ("[1, 0, 2.0, 4]", "[1, 0, -2, 4]"), answer: "annotations[0] has a 'bbox' of width -2.0"),
    Mistake(truth: ("[1, 0, 2.0, 4]", "[9, 0, 2, 4]"), answer: "annotations[0] has a 'bbox' from (9.0, 0.0)"),
    Mistake(truth: ("[1, 0, 2.0, 4]", "[1, 0, NaN, 4]"), answer: "annotations[0] has a wrong 'bbox'"),
    Mistake(
      truth: ("[4, 8, 8]", "[4, 8, 7]"), kind: .segmentation,
      answer: "gt.json: annotations[0] has a 'segmentation' with runs of 19 pixels, but a mask of 4×5 has 20"),
    Mistake(
      truth: ("[4, 5], \"c", "[5, 4], \"c"), kind: .segmentation,
      answer: "annotations[0] has a 'segmentation' of 5×4, but the image 0 is 4×5"),
    Mistake(truth: ("[4, 5], \"c", "[4], \"c"), kind: .segmentation, answer: "no 'size' of height and width"),
    Mistake(
      truth: ("\"counts\"", "\"runs\""), kind: .segmentation,
      answer: "annotations[0] has a 'segmentation' with no 'counts'"),
    Mistake(
      truth: ("[0, 0, 5, 0, 5, 4, 0, 4]", "[0, 0, 5, 0]"), kind: .segmentation,
      answer: "annotations[1] has a 'segmentation' with a polygon (number 0 from 0) of 4 numbers"),
    Mistake(
      truth: ("[[0, 0, 5, 0, 5, 4, 0, 4]]", "3"), kind: .segmentation,
      answer: "annotations[1] is not what is expected (byte"),
    Mistake(
      truth: ("[[0, 0, 5, 0, 5, 4, 0, 4]]", "null"), kind: .segmentation, answer: "annotations[1] has no 'segmentation'"
    ),
    Mistake(
      truth: ("{\"id\": 4, \"height\": 4, \"width\": 5,", "{\"id\": 4,"), kind: .segmentation,
      answer: "annotations[1] has polygons, but the image 4 has no 'height' and 'width'"),
    Mistake(truth: ("4]]}]}", "4]]}]"), answer: "gt.json: is no ground truth in COCO's format: byte"),
    Mistake(
      detections: ("\"image_id\": 0", "\"image_id\": 5"),
      answer: "dt.json: [0] belongs to the image 5, which gt.json does not have: the detections are of other images"),
    Mistake(detections: ("\"category_id\": 0", "\"category_id\": 5"), answer: "dt.json: [1] belongs to the category 5"),
    Mistake(detections: ("\"category_id\": 0,", ""), answer: "[1] has no 'category_id'"),
    Mistake(detections: (", \"score\": 1e-3", ""), answer: "[1] has no 'score'"),
    Mistake(detections: ("1e-3", "NaN"), answer: "[1] has a wrong 'score'"),
    Mistake(detections: ("1e-3", "1e999"), answer: "[1] has a wrong 'score'"),
    Mistake(
      detections: ("0d0", "0c0"), kind: .segmentation,
      answer: "dt.json: [1] has a 'segmentation' with runs of 19 pixels"),
    Mistake(
      detections: ("[4, 8, 8]", "[4, 8, 9]"), kind: .segmentation,
      answer: "[0] has a 'segmentation' with runs of more than 20 pixels"),
    Mistake(detections: ("[{", "[3, {"), answer: "[0] is not what is expected"),
  ]

  @Test func mistakesAreNamed() throws {
    for mistake in Self.mistakes {
      func replaced(_ text: String, _ change: (String, String)?) -> String {
        guard let change else { return text }
        #expect(text.contains(change.0), "\(change.0)")
        return text.replacing(change.0, with: change.1, maxReplacements: 1)
      }
      do {
        _ = try summary(replaced(truth, mistake.truth), replaced(detections, mistake.detections), mistake.kind)
        Issue.record("nothing is said where '\(mistake.answer)' is expected")
      } catch {
        #expect(error is FileError && "\(error)".contains(mistake.answer), "\(error), not \(mistake.answer)")
      }
    }
  }

  @Test func filesTheWrongWayRoundAreAnswered() throws {
    func answer(_ truth: String, _ detections: String) -> String {
      do { return "\(try summary(truth, detections))" } catch { return "\(error)" }
    }
    #expect(answer(detections, truth).contains("gt.json: is a list"))
    #expect(answer(truth, truth).contains("dt.json: is an object"))
    // What is quoted does not break the line.
    #expect(answer(truth, "[{\n\u{1B}[2J").contains("' [2J' is found"))
    #expect(answer("", detections).contains("gt.json: is no ground truth"))
    #expect(answer(truth, "").contains("dt.json: is no list of detections"))
    #expect(answer(truth, "[] x").contains("where the end is expected"))
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    let missing = URL(fileURLWithPath: "/nowhere/gt.json")
    #expect(throws: FileError.self) { try COCOEvaluation(.box).summary(truth: missing, detections: missing) }
  }
}
