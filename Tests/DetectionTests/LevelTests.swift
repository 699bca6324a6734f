import Detection
import TestSupport
import Testing

@Suite struct LevelTests {
  @Test func levelsOfTheReference() throws {
    let reference = try detectionReference("levels")
    let boxes = reference["boxes"].boxes
    #expect(boxes.map { LevelAssignment()($0) } == reference["level"].ints)
    let ratio = LevelAssignment(rule: .fractionOfImage(area: 480 * 640))
    #expect(boxes.filter { $0.area > 0 }.map { ratio($0) } == reference["level_ratio"].ints)
  }

  @Test func everyBoxHasALevel() {
    for rule in [LevelAssignment.Rule.area(canonicalSize: 40), .fractionOfImage(area: 1000)] {
      let assignment = LevelAssignment(levels: 3...4, rule: rule)
      for box in [
        BoundingBox(0, 0, 0, 0), BoundingBox(4, 4, 2, 2), BoundingBox(4, 4, 2, 9), BoundingBox(-1e300, 0, 1e300, 1e300),
      ] { #expect((3...4).contains(assignment(box))) }
    }
  }
}
