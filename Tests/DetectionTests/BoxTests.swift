import Detection
import TestSupport
import Testing
import Torch

@Suite struct BoxTests {
  @Test func codingOfTheReference() throws {
    let reference = try detectionReference("boxes")
    let (sources, targets) = (reference["src"].boxes, reference["dst"].boxes)
    for (name, coder) in [("rpn", BoxCoder.proposals), ("roi", .regions)] {
      let encoded = zip(targets, sources).map { coder.encode($0, against: $1) }
      let expected = reference["encode"][name]["deltas"].flatDoubles
      expectClose(encoded.numbers, expected, tolerance: tolerance(expected), name)
      let decoded = zip(encoded, sources).map { coder.decode($0, against: $1) }
      expectClose(decoded.numbers, targets.numbers, tolerance: 1e-9, name)

      let record = reference["decode"][name]
      var boxes: [BoundingBox] = []
      for (deltas, source) in paired(record["deltas"].array.map(\.doubles), sources) {
        for first in stride(from: 0, to: deltas.count, by: 4) {
          let deltas = BoxDeltas(deltas[first], deltas[first + 1], deltas[first + 2], deltas[first + 3])
          boxes.append(coder.decode(deltas, against: source))
        }
      }
      let expectedBoxes = record["boxes"].flatDoubles
      expectClose(boxes.numbers, expectedBoxes, tolerance: tolerance(expectedBoxes), name)
      expectClose(
        boxes.map { $0.clipped(to: ImageSize(height: 128, width: 160)) }.numbers,
        record["clipped_to_128x160"].flatDoubles, tolerance: 1e-7, name)
    }
    #expect(BoxCoder.largestLogarithm == reference["scale_clamp"].double)
  }

  @Test func overlapsOfTheReference() throws {
    let reference = try detectionReference("boxes")["iou"]
    let (a, b) = (reference["a"].boxes, reference["b"].boxes)
    expectClose(a.map(\.area), reference["area_a"].doubles, tolerance: 1e-9)
    expectClose(
      a.map { a in b.map(a.intersectionOverUnion) }, reference["iou"].array.map(\.doubles), tolerance: 1e-11)
  }

  @Test func overlapIsSymmetricAndBounded() {
    let boxes = RandomBoxes(seed: 1).boxes(40, in: ImageSize(height: 50, width: 60))
    for a in boxes {
      #expect(a.intersectionOverUnion(with: a) == 1)
      for b in boxes {
        let overlap = a.intersectionOverUnion(with: b)
        #expect(overlap == b.intersectionOverUnion(with: a) && (0...1).contains(overlap))
      }
    }
  }

  @Test func tensorsOfBoxes() {
    let boxes = [BoundingBox(1, 2, 3.5, 4), BoundingBox(-1, 0.25, 8, 9)]
    for dtype in [DType.float32, .float64] {
      let tensor = boxes.tensor(dtype: dtype)
      #expect(tensor.signature == "\(dtype)[2, 4]")
      #expect([BoundingBox](tensor) == boxes)
    }
    #expect([BoundingBox]().tensor().shape == [0, 4])
    #expect([BoundingBox](Tensor.zeros([0, 4])).isEmpty)
  }

  @Test func numbersThatAreNone() {
    let image = ImageSize(height: 10, width: 10)
    for box in [BoundingBox(.nan, 0, 1, 1), BoundingBox(0, 0, .nan, 1), BoundingBox(0, .nan, .infinity, .nan)] {
      #expect(box.clipped(to: image).isEmpty && !box.isFinite)
    }
    #expect(BoundingBox(-.infinity, 0, .infinity, 5).clipped(to: image) == BoundingBox(0, 0, 10, 5))
  }
}
