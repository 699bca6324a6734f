import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct EvaluateCocoTests {
  private let truth = """
    {"images": [{"id": 0, "height": 4, "width": 5}], "categories": [{"id": 0}, {"id": 1}],
     "annotations": [
      {"id": 0, "image_id": 0, "category_id": 0, "bbox": [1, 0, 2, 4], "area": 8, "iscrowd": 0,
       "segmentation": {"size": [4, 5], "counts": [4, 8, 8]}},
      {"id": 1, "image_id": 0, "category_id": 1, "bbox": [3, 0, 2, 2], "area": 4, "iscrowd": 0,
       "segmentation": [[3, 0, 5, 0, 5, 2, 3, 2]]}]}
    """
  private let detections = """
    [{"image_id": 0, "category_id": 1, "bbox": [1, 0, 2, 4], "score": 0.5,
      "segmentation": {"size": [4, 5], "counts": [4, 8, 8]}}]
    """

  private func evaluate(_ truth: String, _ detections: String, _ arguments: [String]) throws -> Command.Result {
    try withTemporaryFolder { folder in
      try Data(truth.utf8).write(to: folder.appendingPathComponent("gt.json"))
      try Data(detections.utf8).write(to: folder.appendingPathComponent("dt.json"))
      return try Command.run(
        ["evaluate-coco", "--truth", "gt.json", "--detections", "dt.json"] + arguments, in: folder)
    }
  }

  @Test(arguments: ["box", "segmentation"]) func theTwelveNumbersArePrinted(_ kind: String) throws {
    func numbers(_ arguments: [String]) throws -> [String: Double] {
      let result = try evaluate(truth, detections, ["--kind", kind, "--json"] + arguments)
      #expect(result.succeeded, "\(result.errors)")
      return try JSONDecoder().decode([String: Double].self, from: Data(result.output.utf8))
    }
    // Of another category than the object that it covers.
    let byCategory = try numbers([])
    #expect(byCategory["AP"] == 0 && byCategory["AR100"] == 0 && byCategory["APl"] == -1 && byCategory.count == 12)
    // All as one: one of two objects, so that 51 of 101 recalls are reached.
    let agnostic = try numbers(["--class-agnostic"])
    expectClose([agnostic["AP"]!, agnostic["AR1"]!, agnostic["APs"]!], [51.0 / 101, 0.5, 51.0 / 101], tolerance: 1e-9)
    let table = try evaluate(truth, detections, ["--kind", kind, "--class-agnostic"]).output
    #expect(table.contains("AP50  0.5050\n") && table.contains("ARl   -1 "), "\(table)")
  }

  @Test func wrongFilesAreAnswered() throws {
    let mistakes: [(truth: String, detections: String, arguments: [String], answer: String)] = [
      (
        truth, detections.replacing("8]}", with: "7]}"), ["--kind", "segmentation"], "dt.json: [0] has a 'segmentation'"
      ),
      (
        truth, detections.replacing("\"image_id\": 0", with: "\"image_id\": 3"), ["--kind", "box"],
        "the detections are of other images"
      ),
      (
        truth.replacing("\"area\": 4", with: "\"area\": []"), detections, ["--kind", "box"],
        "gt.json: annotations[1] has a wrong 'area'"
      ),
      (detections, truth, ["--kind", "box"], "gt.json: is a list"),
      (truth, detections, ["--kind", "mask"], "box"),
      (truth, detections, [], "--kind"),
    ]
    for mistake in mistakes {
      let result = try evaluate(mistake.truth, mistake.detections, mistake.arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(mistake.answer)")
      #expect(result.errors.contains(mistake.answer), "\(mistake.answer): \(result.errors)")
    }
  }
}
