import Detection
import TestSupport
import Testing

@Suite struct SuppressionTests {
  @Test func casesOfTheReference() throws {
    let reference = try detectionReference("nms")
    for record in reference["cases"].array {
      let suppression = NonMaximumSuppression(threshold: record["threshold"].double)
      #expect(
        suppression(record["boxes"].boxes, scores: record["scores"].doubles) == record["keep"].ints,
        "\(record.has("name") ? record["name"].string : "random boxes")")
    }
    for record in reference["batched"].array {
      let suppression = NonMaximumSuppression(threshold: record["threshold"].double)
      let kept = suppression(
        record["boxes"].boxes, scores: record["scores"].doubles, groups: record["group"].ints)
      #expect(kept == record["keep"].ints)
    }
  }

  /// Against the definition, with equal scores, equal and empty boxes.
  @Test func suppressionByDefinition() {
    let random = RandomBoxes(seed: 3)
    let image = ImageSize(height: 60, width: 60)
    for round in 0..<80 {
      var boxes = random.boxes(random.integer(0..<50), in: image)
      boxes += boxes.prefix(round % 5) + [BoundingBox(3, 3, 3, 8)]
      let scores = boxes.map { _ in Double(random.integer(0..<20)) / 20 }
      let threshold = random.number(0...0.9)
      var kept: [Int] = []
      for index in boxes.indices.sorted(by: { (-scores[$0], $0) < (-scores[$1], $1) })
      where kept.allSatisfy({ boxes[$0].intersectionOverUnion(with: boxes[index]) <= threshold }) {
        kept.append(index)
      }
      #expect(NonMaximumSuppression(threshold: threshold)(boxes, scores: scores) == kept)
    }
  }

  @Test func proposalsOfTheReference() throws {
    for record in try detectionReference("nms")["proposals"].array {
      let image = record["image"].imageSize
      let name = record["pre_nms_topk"].int == 60 ? "prop60" : "prop2000"
      #expect(record["logits_rule"].string.contains("\"\(name).l"))
      let levels = [AnchorLevel].pyramid.dropFirst().enumerated().map { index, level in
        let rows = (image.height + level.stride - 1) / level.stride
        let columns = (image.width + level.stride - 1) / level.stride
        let anchors = level.anchors(rows: rows, columns: columns)
        return LevelPredictions(
          anchors: anchors,
          logits: FillFormula.unit("\(name).l\(index)", count: anchors.count).map { Double(Float(4 * $0)) },
          deltas: FillFormula.unit("\(name).d\(index)", count: 4 * anchors.count).map {
            -0.75 + min((($0 + 1) / 2 * 97).rounded(.down), 96) / 64
          })
      }
      for (level, first) in paired(levels, record["logits_first"].array) {
        expectClose(level.logits.prefix(3), first.doubles, tolerance: 1e-8)
      }
      let selection = ProposalSelection(
        candidatesPerLevel: record["pre_nms_topk"].int, count: record["post_nms_topk"].int,
        suppression: NonMaximumSuppression(threshold: record["nms_threshold"].double))
      let proposals = selection(levels, in: image)
      #expect(proposals.count == record["count"].int)
      #expect(proposals.map(\.level) == record["level"].ints)
      #expect(proposals.map(\.anchor) == record["anchor_index"].ints)
      expectClose(proposals.map(\.score), record["scores"].doubles, tolerance: 1e-8)
      // The reference rounded its anchors to single precision.
      expectClose(proposals.map(\.box).numbers, record["boxes"].flatDoubles, tolerance: 1e-5)
    }
  }

  @Test func detectionsOfTheReference() throws {
    let record = try detectionReference("nms")["detections"]
    let boxes = record["boxes"].boxes.map { $0.clipped(to: record["image"].imageSize) }
    let scores = record["object_probability"].doubles
    let selection = DetectionSelection(
      scoreThreshold: record["score_threshold"].double,
      suppression: NonMaximumSuppression(threshold: record["nms_threshold"].double), count: record["top"].int)
    let chosen = selection(boxes, scores: scores)
    #expect(chosen == record["out_index"].ints)
    expectClose(chosen.map { boxes[$0] }.numbers, record["out_boxes"].flatDoubles, tolerance: 1e-9)
    expectClose(chosen.map { scores[$0] }, record["out_scores"].doubles, tolerance: 1e-8)
    #expect(selection([BoundingBox(0, 0, 1, 1)], scores: [0.05]).isEmpty, "a score has to exceed the threshold")
  }

  /// A diverged network predicts numbers that are none: no box comes of them, and nothing stops.
  @Test func numbersThatAreNone() {
    let anchors = AnchorLevel(stride: 8, sizes: [16]).anchors(rows: 4, columns: 4)
    let image = ImageSize(height: 32, width: 32)
    for (logit, delta) in [(Double.nan, 0.0), (0, .nan), (.infinity, .infinity), (.nan, .nan)] {
      let predictions = LevelPredictions(
        anchors: anchors, logits: anchors.map { _ in logit }, deltas: anchors.flatMap { _ in [0, delta, 0, 0] })
      #expect(ProposalSelection.training([predictions], in: image).isEmpty)
    }
    let box = BoundingBox(0, 0, 4, 4)
    #expect(NonMaximumSuppression(threshold: 0.5)([box, box], scores: [.nan, 1]) == [1])
    #expect(DetectionSelection()([box, BoundingBox(.nan, 0, 1, 1)], scores: [.nan, 1]).isEmpty)
  }
}
