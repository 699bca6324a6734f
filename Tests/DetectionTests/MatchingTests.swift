import Detection
import TestSupport
import Testing

@Suite struct MatchingTests {
  /// The anchors of P4 to P6 in an image of 128 × 160.
  private var anchors: [BoundingBox] {
    zip([AnchorLevel].pyramid.dropFirst(2), [(8, 10), (4, 5), (2, 3)]).flatMap { $0.anchors(rows: $1.0, columns: $1.1) }
  }

  @Test func matchesOfTheReference() throws {
    let reference = try detectionReference("matching")
    let anchors = anchors
    for record in reference["cases"].array {
      let (name, objects) = (record["name"].string, record["gt"].boxes)
      let matching = BoxMatcher.anchors(anchors, objects: objects)
      let positive = matching.positions(.foreground)
      #expect(positive == record["rpn"]["positive"].ints, "\(name)")
      #expect(positive.map { matching.objects[$0] } == record["rpn"]["positive_gt"].ints, "\(name)")
      #expect(matching.positions(.ignored) == record["rpn"]["ignored"].ints, "\(name)")
      #expect(matching.positions(.background).count == record["rpn"]["negatives"].int, "\(name)")
      if !objects.isEmpty {
        expectClose(
          objects.map { object in anchors.map(object.intersectionOverUnion).max()! },
          record["max_iou_per_gt"].doubles, tolerance: 1e-11, name)
      }
      let proposals = BoxMatcher.proposals(record["roi"]["proposals_with_gt_appended"].boxes, objects: objects)
      #expect(proposals.objects == record["roi"]["matched_gt"].ints, "\(name)")
      #expect(proposals.labels.map { $0 == .foreground ? 1 : 0 } == record["roi"]["label"].ints, "\(name)")
    }
  }

  @Test func tiesOfTheReference() throws {
    let record = try detectionReference("matching")["ties"]
    let overlaps = record["iou"].array.map(\.doubles)
    let matching = BoxMatcher.anchors(overlaps: overlaps, count: overlaps[0].count)
    #expect(matching.objects == record["index"].ints)
    #expect(matching.labels.map(number) == record["label"].ints)
  }

  private func number(_ label: MatchLabel) -> Int {
    switch label {
    case .foreground: 1
    case .background: 0
    case .ignored: -1
    }
  }

  /// Against the definition, on random boxes, some of which are the same.
  @Test func matchesByDefinition() {
    let random = RandomBoxes(seed: 2)
    let image = ImageSize(height: 80, width: 90)
    for round in 0..<60 {
      var boxes = random.boxes(random.integer(0..<60), in: image)
      let objects = random.boxes(random.integer(0..<12), in: image) + boxes.prefix(round % 3)
      boxes += objects.prefix(round % 4) + boxes.prefix(3)
      let matching = BoxMatcher.anchors(boxes, objects: objects)
      #expect(matching.labels.count == boxes.count)
      for (index, box) in boxes.enumerated() {
        let overlaps = objects.map { $0.intersectionOverUnion(with: box) }
        let best = overlaps.max() ?? 0
        let isBest = zip(objects, overlaps).contains { object, overlap in
          overlap > 0 && boxes.allSatisfy { object.intersectionOverUnion(with: $0) <= overlap }
        }
        let expected: MatchLabel = isBest || best >= 0.7 ? .foreground : best < 0.3 ? .background : .ignored
        #expect(matching.labels[index] == expected)
        #expect(matching.objects[index] == (overlaps.firstIndex(of: best) ?? 0))
      }
    }
  }

  @Test func samplesOfTheReference() throws {
    for record in try detectionReference("matching")["sampling"].array {
      let labels = record["labels"].ints.map { $0 == 1 ? MatchLabel.foreground : $0 == 0 ? .background : .ignored }
      let orders = [
        DrawingPurpose.foregroundAnchors: record["order_positive"].ints,
        .backgroundAnchors: record["order_negative"].ints,
      ]
      let sampling = BalancedSampling(count: record["num"].int, foregroundFraction: record["fraction"].double)
      let sample = sampling(
        labels, for: (.foregroundAnchors, .backgroundAnchors), image: 0,
        drawing: FixedDrawing { purpose, _ in orders[purpose]! })
      #expect(sample.foreground == record["positive"].ints, "\(record["name"].string)")
      #expect(sample.background == record["negative"].ints, "\(record["name"].string)")
    }
  }

  @Test func seededDrawsAreEvenAndRepeatable() {
    var hits = [Int](repeating: 0, count: 10)
    for step in 0..<3000 {
      let drawing = SeededDrawing(seed: 7, step: step)
      let drawn = drawing.draw(4, of: 10, for: .foregroundAnchors, image: 1)
      #expect(Set(drawn).count == 4 && drawn.allSatisfy { (0..<10).contains($0) })
      #expect(drawn == drawing.draw(4, of: 10, for: .foregroundAnchors, image: 1))
      #expect(Array(drawn.prefix(2)) == drawing.draw(2, of: 10, for: .foregroundAnchors, image: 1))
      for position in drawn { hits[position] += 1 }
    }
    // Each position is drawn 1200 times on average, with a standard deviation of 27.
    #expect(hits.allSatisfy { abs($0 - 1200) < 140 }, "\(hits)")
    let drawing = SeededDrawing(seed: 7, step: 1)
    let others = [
      SeededDrawing(seed: 8, step: 1).draw(100, of: 100, for: .foregroundAnchors, image: 1),
      SeededDrawing(seed: 7, step: 2).draw(100, of: 100, for: .foregroundAnchors, image: 1),
      drawing.draw(100, of: 100, for: .backgroundAnchors, image: 1),
      drawing.draw(100, of: 100, for: .foregroundAnchors, image: 0),
    ]
    let drawn = drawing.draw(100, of: 100, for: .foregroundAnchors, image: 1)
    #expect(drawn.sorted() == Array(0..<100))
    #expect(others.allSatisfy { $0 != drawn })
    #expect(drawing.draw(0, of: 0, for: .foregroundAnchors, image: 0) == [])
  }
}
