import Foundation
import Support
import TestSupport
import Testing
import VisionMetrics

/// The numbers of COCO beside those of pycocotools.
@Suite struct COCOEvaluationTests {
  private static let names = [
    "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl",
  ]
  private static let rules: [(kind: COCOEvaluation.Kind, isClassAgnostic: Bool, name: String, reference: String)] = [
    (.box, false, "box", "bbox"), (.segmentation, false, "segmentation", "segm"),
    (.box, true, "box class-agnostic", "bbox_class_agnostic"),
    (.segmentation, true, "segmentation class-agnostic", "segm_class_agnostic"),
  ]

  private func values(_ summary: COCOSummary) -> [Double] {
    #expect(summary.values.map(\.name) == Self.names)
    return summary.values.map(\.value)
  }

  // MARK: Reference

  @Test(arguments: ["small", "hard"], [1, 2, 5]) func reference(_ name: String, _ threadCount: Int) throws {
    let expected = COCOResources.reference("\(name)_expected")
    for rule in Self.rules {
      let evaluation = COCOEvaluation(rule.kind, isClassAgnostic: rule.isClassAgnostic, threadCount: threadCount)
      let summary = try evaluation.summary(
        truth: COCOResources.url("\(name)_gt"), detections: COCOResources.url("\(name)_dt"))
      let record = expected[rule.reference]
      expectClose(
        values(summary), Self.names.map { record["stats"][$0].double }, tolerance: 1e-9, "\(name) \(rule.name)")
      expectClose(summary.averagePrecisionByThreshold, record["ap_per_iou"].doubles, tolerance: 1e-9)
      guard !rule.isClassAgnostic else {
        #expect(summary.averagePrecisionByCategory.isEmpty)
        continue
      }
      let byCategory = record["ap_per_category"]
      #expect(Set(summary.averagePrecisionByCategory.keys.map(String.init)) == Set(byCategory.keys))
      for (category, value) in summary.averagePrecisionByCategory {
        expectClose([value], [byCategory["\(category)"].double], tolerance: 1e-9)
      }
    }
  }

  @Test func referenceWithOtherDetections() throws {
    let expected = COCOResources.reference("small_expected")
    let truth =
      try JSONSerialization.jsonObject(with: Data(contentsOf: COCOResources.url("small_gt"))) as! [String: Any]
    let perfect = (truth["annotations"] as! [[String: Any]]).map { $0.merging(["score": 0.9]) { $1 } }
    let found = try JSONSerialization.jsonObject(with: Data(contentsOf: COCOResources.url("small_dt")))
    let first = (found as! [[String: Any]]).filter { $0["image_id"] as? Int == 1 }.prefix(1)
    for (detections, name) in [
      (perfect, "detections_equal_to_gt"), (Array(first), "only_first_detection_of_image_1"),
    ] {
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("dt.json")
        try JSONSerialization.data(withJSONObject: detections).write(to: url)
        for rule in Self.rules where !rule.isClassAgnostic {
          let summary = try COCOEvaluation(rule.kind).summary(truth: COCOResources.url("small_gt"), detections: url)
          let record = expected[name][rule.reference]
          expectClose(values(summary), Self.names.map { record[$0].double }, tolerance: 1e-9, name)
        }
      }
    }
  }

  // MARK: Random sets

  /// Crowds, ignored objects, numbers from 0, equal scores, more detections than are looked at, sets without either.
  @Test func randomSets() throws {
    let sets = COCOResources.random["sets"].array
    #expect(sets.count == 240)
    try withTemporaryFolder { folder in
      let (truth, detections) = (folder.appendingPathComponent("gt.json"), folder.appendingPathComponent("dt.json"))
      for (index, set) in sets.enumerated() {
        let files = RandomSet(set)
        try Data(files.truth.utf8).write(to: truth)
        try Data(files.detections.utf8).write(to: detections)
        for rule in Self.rules {
          let evaluation = COCOEvaluation(rule.kind, isClassAgnostic: rule.isClassAgnostic)
          expectClose(
            values(try evaluation.summary(truth: truth, detections: detections)),
            set["expected"][rule.name].doubles, tolerance: 1e-8, "set \(index), \(rule.name)")
        }
      }
    }
  }

  // MARK: Laws

  @Test func theNumbersAreWrittenByName() throws {
    var metric = COCOMetric<COCOBox>()
    let box = COCOBox(x: 1, y: 2, width: 10, height: 10)
    metric.add(truths: [COCOTruth(box, category: 0)], detections: [COCODetection(box, category: 0, score: 0)])
    let written = try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(metric.summary))
    #expect(Set(written.keys) == Set(Self.names) && written["APl"] == -1 && written["AR1"] == 1)
    #expect(metric.summary.value("AP50") == metric.results[1].value && metric.summary.value("AP51") == nil)
    #expect(metric.results.map(\.name) == Self.names)
  }

  @Test func nothingToBeFoundIsNotMeasured() {
    var metric = COCOMetric<COCOBox>()
    #expect(values(metric.summary) == [Double](repeating: -1, count: 12))
    let box = COCOBox(x: 1, y: 2, width: 10, height: 10)
    metric.add(truths: [], detections: [COCODetection(box, category: 3, score: 0.5)])
    #expect(values(metric.summary) == [Double](repeating: -1, count: 12))
    metric.add(truths: [COCOTruth(box, category: 1, isIgnored: true)], detections: [])
    #expect(values(metric.summary) == [Double](repeating: -1, count: 12))
    metric.add(truths: [COCOTruth(box, category: 1)], detections: [])
    #expect(values(metric.summary) == [0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1, -1])
  }

  @Test func anIgnoredObjectIsNeitherFoundNorMissed() {
    let boxes = (0..<3).map { COCOBox(x: Double(30 * $0), y: 0, width: 20, height: 20) }
    func summary(isIgnored: Bool, isCrowd: Bool) -> COCOSummary {
      var metric = COCOMetric<COCOBox>()
      metric.add(
        truths: [
          COCOTruth(boxes[0], category: 1, isCrowd: isCrowd, isIgnored: isIgnored), COCOTruth(boxes[1], category: 1),
        ],
        // Two on the first object, one on the second.
        detections: [0.9, 0.8].map { COCODetection(boxes[0], category: 1, score: $0) } + [
          COCODetection(boxes[1], category: 1, score: 0.7)
        ])
      return metric.summary
    }
    // The second detection of an ignored object is wrong, and in a crowd there may be any number.
    expectClose([summary(isIgnored: true, isCrowd: false).value("AP")!], [0.5], tolerance: 1e-9)
    expectClose([summary(isIgnored: false, isCrowd: true).value("AP")!], [1], tolerance: 1e-9)
    expectClose([summary(isIgnored: false, isCrowd: false).value("AR100")!], [1], tolerance: 1e-9)
  }

  @Test func aLimitOfDetectionsMeansWhatItSays() {
    let boxes = (0..<30).map { COCOBox(x: Double(30 * $0), y: 0, width: 20, height: 20) }
    var metric = COCOMetric<COCOBox>(detectionLimits: [3, 20])
    metric.add(
      truths: boxes.map { COCOTruth($0, category: 0) },
      detections: boxes.enumerated().map { COCODetection($1, category: 0, score: Double($0)) })
    #expect(metric.summary.averageRecallByLimit == [3: 0.1, 20: 20.0 / 30])
    // Up to a recall of 20/30 all is right, beyond it nothing.
    expectClose([metric.summary.value("AP")!], [67.0 / 101], tolerance: 1e-9)
    #expect(metric.summary.value("AR20") == 20.0 / 30 && metric.summary.value("AR100") == nil)
  }

  @Test func partsPutTogetherAreTheWhole() throws {
    let set = RandomObjects(seed: 4, imageCount: 12)
    var (whole, first, second) = (COCOMetric<COCOBox>(), COCOMetric<COCOBox>(), COCOMetric<COCOBox>())
    for (index, image) in set.images.enumerated() {
      whole.add(truths: image.truths, detections: image.detections)
      if index < 5 {
        first.add(truths: image.truths, detections: image.detections)
      } else {
        second.add(truths: image.truths, detections: image.detections)
      }
    }
    first.append(second)
    #expect(first.summary == whole.summary && whole.summary.value("AP")! > 0)
  }

  @Test func onlyTheOrderOfScoresCounts() {
    let set = RandomObjects(seed: 9, imageCount: 20)
    func summary(_ score: (Double) -> Double) -> COCOSummary {
      var metric = COCOMetric<COCOBox>()
      for image in set.images {
        metric.add(
          truths: image.truths,
          detections: image.detections.map { COCODetection($0.region, category: $0.category, score: score($0.score)) })
      }
      return metric.summary
    }
    #expect(summary { $0 } == summary { 100 * $0 - 3 })
    #expect(summary { $0 } != summary { -$0 })
  }

  @Test func boxesAndTheirMasksAgree() {
    let set = RandomObjects(seed: 2, imageCount: 10)
    func mask(_ box: COCOBox) -> COCOMask {
      let pixels = (0..<(64 * 64)).map {
        (box.y..<(box.y + box.height)).contains(Double($0 / 64))
          && (box.x..<(box.x + box.width)).contains(Double($0 % 64))
      }
      return COCOMask(pixels: pixels, height: 64, width: 64)
    }
    var (boxes, masks) = (COCOMetric<COCOBox>(), COCOMetric<COCOMask>())
    for image in set.images {
      boxes.add(truths: image.truths, detections: image.detections)
      masks.add(
        truths: image.truths.map { COCOTruth(mask($0.region), category: $0.category) },
        detections: image.detections.map { COCODetection(mask($0.region), category: $0.category, score: $0.score) })
    }
    #expect(boxes.summary == masks.summary)
  }

  // MARK: Occlusion

  @Test func occlusionIsToldOfMatchedObjects() {
    let boxes = (0..<6).map { COCOBox(x: Double(30 * $0), y: 0, width: 20, height: 20) }
    func truth(_ index: Int, _ isOccluded: Bool, isCrowd: Bool = false) -> (COCOTruth<COCOBox>, Bool) {
      (COCOTruth(boxes[index], category: 0, isCrowd: isCrowd), isOccluded)
    }
    func found(_ index: Int, _ isOccluded: Bool, _ score: Double = 0.5) -> (COCODetection<COCOBox>, Bool) {
      (COCODetection(boxes[index], category: 7, score: score), isOccluded)
    }
    var metric = OcclusionMetric<COCOBox>()
    #expect(metric.results.map(\.value) == [0, 0] && metric.matchedCount == 0)
    // Right yes, right no, missed yes, wrong yes, a crowd, and one that is not there.
    metric.add(
      truths: [truth(0, true), truth(1, false), truth(2, true), truth(3, false), truth(4, true, isCrowd: true)],
      detections: [found(0, true), found(0, false, 0.4), found(1, false), found(2, false)]
        + [found(3, true), found(4, true), found(5, true)])
    #expect(metric.matchedCount == 4)
    #expect(metric.results.map(\.value) == [0.5, 0.5])
    // The detection with the higher score has the object.
    var other = OcclusionMetric<COCOBox>()
    other.add(truths: [truth(0, true)], detections: [found(0, false, 0.4), found(0, true, 0.6)])
    #expect(other.results.map(\.value) == [1, 1])
  }
}

/// Boxes with whole sides in images of 64×64.
private struct RandomObjects {
  var images: [(truths: [COCOTruth<COCOBox>], detections: [COCODetection<COCOBox>])] = []

  init(seed: UInt64, imageCount: Int) {
    var generator = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Double { Double(Int.random(in: range, using: &generator)) }
    for _ in 0..<imageCount {
      let truths = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        COCOTruth(
          COCOBox(x: number(0...30), y: number(0...30), width: number(4...32), height: number(4...32)),
          category: Int.random(in: 0...2, using: &generator))
      }
      let detections = truths.flatMap { truth in
        (0..<2).map { _ in
          COCODetection(
            COCOBox(
              x: max(0, truth.region.x + number(-2...2)), y: max(0, truth.region.y + number(-2...2)),
              width: truth.region.width, height: truth.region.height), category: truth.category,
            score: Double.random(in: 0...1, using: &generator))
        }
      }
      images.append((truths, detections))
    }
  }
}

/// A set of `random.json` in COCO's formats.
private struct RandomSet {
  let truth: String
  let detections: String

  init(_ set: Reference) {
    let sizes = Dictionary(uniqueKeysWithValues: set["images"].array.map { ($0[0].int, ($0[1].int, $0[2].int)) })
    func segmentation(_ text: Reference, _ image: Reference) -> String {
      let (height, width) = sizes[image.int]!
      let escaped = text.string.replacing("\\", with: "\\\\")
      return #""segmentation": {"size": [\#(height), \#(width)], "counts": "\#(escaped)"}"#
    }
    let images = set["images"].array.map {
      #"{"id": \#($0[0].int), "height": \#($0[1].int), "width": \#($0[2].int)}"#
    }
    let annotations = set["truths"].array.enumerated().map { index, row in
      """
      {"id": \(index), "image_id": \(row[0].int), "category_id": \(row[1].int), "iscrowd": \(row[2].int),
       "ignore": \(row[3].int), "area": \(row[4].double), "bbox": \(row[5].doubles), \(segmentation(row[6], row[0]))}
      """
    }
    truth = """
      {"info": {}, "annotations": [\(annotations.joined(separator: ",\n"))], "images": [\(images.joined(separator: ","))],
       "categories": [\(set["categories"].ints.map { #"{"id": \#($0), "name": "x"}"# }.joined(separator: ","))]}
      """
    let found = set["detections"].array.map { row in
      """
      {"image_id": \(row[0].int), "category_id": \(row[1].int), "score": \(row[2].double), "bbox": \(row[3].doubles),
       \(segmentation(row[4], row[0]))}
      """
    }
    detections = "[\(found.joined(separator: ",\n"))]"
  }
}
