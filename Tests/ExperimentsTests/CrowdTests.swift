import Detection
import Testing
import Torch
import VisionData
import VisionMetrics

import Experiments

/// Groups of objects: not learned from, and neither to be found nor wrong to find.
@Suite struct CrowdTests {
  private static let size = ImageSize(height: 32, width: 32)

  /// The pixels of some columns and rows.
  private func pixels(_ columns: Range<Int>, _ rows: Range<Int>) -> [Bool] {
    (0..<32).flatMap { row in (0..<32).map { rows.contains(row) && columns.contains($0) } }
  }

  private func annotation(_ columns: Range<Int>, _ rows: Range<Int>, isCrowd: Bool = false) -> ObjectAnnotation {
    let mask = RunLengthMask(pixels(columns, rows), height: 32, width: 32)
    return ObjectAnnotation(label: 0, visibleMask: mask, amodalMask: mask, isCrowd: isCrowd)!
  }

  private func found(_ columns: Range<Int>, _ rows: Range<Int>, score: Double) -> DetectedObject {
    let mask = ObjectMask(size: Self.size, pixels: pixels(columns, rows))
    return DetectedObject(
      box: BoundingBox(
        Double(columns.lowerBound), Double(rows.lowerBound), Double(columns.upperBound), Double(rows.upperBound)),
      score: score, visibleMask: mask, amodalMask: mask, occlusionProbability: 0, isOccluded: false, proposal: 0)
  }

  private func annotations(isCrowd: Bool) -> [ObjectAnnotation] {
    [annotation(0..<8, 0..<8), annotation(10..<18, 0..<8), annotation(0..<32, 16..<32, isCrowd: isCrowd)]
  }

  @Test(arguments: DetectionTally.Subject.allCases)
  func evaluationsIgnoreThem(_ subject: DetectionTally.Subject) {
    // Two of a group's members are found with the highest scores, besides both objects.
    let detections = [
      found(2..<10, 20..<28, score: 0.95), found(20..<28, 20..<28, score: 0.9), found(0..<8, 0..<8, score: 0.8),
      found(10..<18, 0..<8, score: 0.7),
    ]
    func values(isCrowd: Bool) -> [Double] {
      var tally = DetectionTally()
      tally.add(annotations(isCrowd: isCrowd), detections)
      #expect(tally.objectCount == (isCrowd ? 2 : 3))
      return tally.results(subject).map(\.value)
    }
    guard subject != .occlusion else {
      #expect(values(isCrowd: true) == values(isCrowd: false))
      return
    }
    // AP and AR100.
    #expect(values(isCrowd: true)[0] == 1)
    #expect(values(isCrowd: false)[0] < 0.6)
  }

  @Test func trainingLeavesThemOut() {
    for isCrowd in [true, false] {
      let batch = DetectionBatch(.zeros([1, 4, 32, 32]), [annotations(isCrowd: isCrowd)])
      #expect(batch.objects.map(\.objects.count) == [isCrowd ? 2 : 3])
      #expect(batch.objects[0].boxes[0] == BoundingBox(0, 0, 8, 8))
    }
    let onlyCrowds = DetectionBatch(.zeros([1, 4, 32, 32]), [[annotation(0..<32, 0..<32, isCrowd: true)]])
    #expect(onlyCrowds.objects[0].objects.isEmpty)
  }
}
