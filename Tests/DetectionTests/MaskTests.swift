import Foundation
import Detection
import TestSupport
import Testing
import Torch

@Suite struct MaskTests {
  @Test func masksAreKept() {
    let random = RandomBoxes(seed: 9)
    for round in 0..<40 {
      let size = ImageSize(height: random.integer(1..<9), width: random.integer(1..<9))
      let pixels = (0..<size.height * size.width).map { _ in random.integer(0..<6) < round % 4 }
      let mask = ObjectMask(size: size, pixels: pixels)
      #expect(mask.pixels == pixels)
      #expect(mask.area == pixels.filter { $0 }.count)
      #expect(mask.rowRuns.reduce(0, +) == pixels.count)
      #expect(ObjectMask(size: size, rowRuns: mask.rowRuns) == mask)
      let places = pixels.indices.filter { pixels[$0] }.map { ($0 / size.width, $0 % size.width) }
      let box =
        places.isEmpty
        ? nil
        : BoundingBox(
          Double(places.map(\.1).min()!), Double(places.map(\.0).min()!), Double(places.map(\.1).max()! + 1),
          Double(places.map(\.0).max()! + 1))
      #expect(mask.box == box)
    }
  }

  @Test func targetsOfTheReference() throws {
    let reference = try detectionReference("losses")["mask"]
    let scene = ReferenceScene(reference["scene"])
    #expect(scene.objects.map { $0.amodalMask.box } == reference["scene"]["boxes"].boxes)
    expectClose(
      scene.objects.map(\.occludedFraction), reference["scene"]["occluded_rate"].doubles, tolerance: 1e-11)
    let regions = Array(paired(reference["object"].ints, reference["boxes"].boxes))
    for variant in reference["variants"].array {
      let size = variant["size"].int
      for kind in ["visible", "amodal"] {
        let record = variant[kind]
        let ambiguous = Set(record["ambiguous"].array.map(\.ints))
        for (index, (object, box)) in regions.enumerated() {
          let object = scene.objects[object]
          let target = MaskTargets(size: size)(kind == "visible" ? object.visibleMask : object.amodalMask, over: box)
          let text = record["targets"][index]
          let expected =
            record["targets_format"].string == "rows"
            ? text.string.map { $0 == "1" } : columnRuns(text.ints, height: size, width: size)
          #expect(target.count == size * size && expected.count == size * size)
          for place in target.indices where target[place] != expected[place] {
            #expect(ambiguous.contains([index, place / size, place % size]), "\(kind) \(size) of region \(index)")
          }
        }
      }
    }
  }

  @Test func targetsOfFullAndEmptyMasks() {
    let size = ImageSize(height: 20, width: 30)
    let full = ObjectMask(size: size, pixels: [Bool](repeating: true, count: 600))
    let empty = ObjectMask(size: size, pixels: [Bool](repeating: false, count: 600))
    for box in RandomBoxes(seed: 10).boxes(20, in: size) {
      #expect(MaskTargets()(full, over: box).allSatisfy { $0 })
      #expect(!MaskTargets()(empty, over: box).contains(true))
    }
    #expect(MaskTargets()([]).shape == [0, 28, 28])
  }

  @Test func pastingOfTheReference() throws {
    for record in try detectionReference("paste")["cases"].array {
      let (cells, size, boxes) = (record["mask_size"].int, record["image"].imageSize, record["boxes"].boxes)
      let numbers =
        record["probabilities"].value is [Any]
        ? record["probabilities"].flatDoubles
        : FillFormula.unit("paste28", count: boxes.count * cells * cells).map { Double(Float(1 / (1 + exp(-4 * $0)))) }
      var all: [Double] = []
      for (index, box) in boxes.enumerated() {
        let probabilities = Array(numbers[index * cells * cells..<(index + 1) * cells * cells])
        all += soft(probabilities, box, size)
        let mask = MaskPasting()(probabilities, in: box, of: size)
        #expect(mask.area == record["area"].ints[index])
        #expect(mask.pixels == columnRuns(record["rle_counts"][index].ints, height: size.height, width: size.width))
      }
      #expect(record["ambiguous"].array.isEmpty)
      if record["soft"].value is [Any] {
        expectClose(all, record["soft"].flatDoubles, tolerance: 2e-9)
      } else {
        let count = size.height * size.width
        let sums = boxes.indices.map { all[$0 * count..<($0 + 1) * count].reduce(0, +) }
        expectClose(sums, record["soft"]["sum"].doubles, tolerance: 1e-6)
        let probe = zip(all, FillFormula.unit("probe", count: all.count)).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose([probe], [record["soft"]["probe_dot"].double], tolerance: 1e-6)
      }
    }
  }

  private func soft(_ probabilities: [Double], _ box: BoundingBox, _ size: ImageSize) -> [Double] {
    let pasted = PastedProbabilities(probabilities, in: box, of: size)
    var result = [Double](repeating: 0, count: size.height * size.width)
    var values = pasted.values.makeIterator()
    for row in pasted.rows { for column in pasted.columns { result[row * size.width + column] = values.next()! } }
    return result
  }

  @Test func pastingAnywhere() {
    let size = ImageSize(height: 12, width: 9)
    let ones = [Double](repeating: 1, count: 784)
    #expect(MaskPasting()(ones, in: BoundingBox(-5, -5, 30, 30), of: size).area == 108)
    #expect(MaskPasting()(ones, in: BoundingBox(2, 3, 6, 10), of: size).box == BoundingBox(2, 3, 6, 10))
    for box in [
      BoundingBox(3, 3, 3, 8), BoundingBox(5, 5, 2, 2), BoundingBox(50, 50, 60, 60), BoundingBox(-9, 0, -2, 9),
      BoundingBox(.nan, 0, 1, 1), BoundingBox(0, 0, .infinity, 1),
    ] { #expect(MaskPasting()(ones, in: box, of: size).area == 0) }
    #expect(MaskPasting()(ones, in: BoundingBox(-1e12, -1e12, 1e12, 1e12), of: size).area == 108)
  }

  /// What is true of a target is what a pasted target gives back, where box and grid coincide.
  @Test func pastingUndoesTargets() {
    let size = ImageSize(height: 40, width: 50)
    let random = RandomBoxes(seed: 11)
    let box = BoundingBox(5, 6, 33, 34)
    let pixels = (0..<2000).map { place in
      (6..<34).contains(place / 50) && (5..<33).contains(place % 50) && random.integer(0..<2) == 0
    }
    let target = MaskTargets()(ObjectMask(size: size, pixels: pixels), over: box)
    #expect(MaskPasting()(target.map { $0 ? 1 : 0 }, in: box, of: size).pixels == pixels)
  }
}
