import Foundation
import Support
import TestSupport
import Testing
import VisionMetrics

/// Run-length masks beside what pycocotools makes of the same.
@Suite struct COCOMaskTests {
  private let operations = COCOResources.maskOperations
  private let random = COCOResources.random

  private func pixels(_ rows: Reference) -> [Bool] { rows.flatDoubles.map { $0 == 1 } }

  private func mask(_ text: String, _ size: Reference) throws -> COCOMask {
    try COCOMask(compressed: text, height: size[0].int, width: size[1].int)
  }

  private func numbers(_ box: COCOBox) -> [Double] { [box.x, box.y, box.width, box.height] }

  // MARK: Forms

  @Test func formsOfMasks() throws {
    let records = operations["masks"].array
    #expect(records.count == 7)
    for record in records {
      let mask = try mask(record["counts"].string, record["size"])
      #expect(mask.compressed == record["counts"].string)
      #expect(mask.pixelCount == record["area"].int && numbers(mask.box) == record["bbox"].doubles)
      #expect(COCOMask(pixels: mask.pixels, height: mask.height, width: mask.width) == mask)
      guard !record["mask"].isNull else { continue }
      #expect(mask.pixels == pixels(record["mask"]))
      #expect(mask.counts.map { Int($0) } == record["counts_uncompressed"].ints)
      let other = try COCOMask(
        counts: record["counts_uncompressed"].ints, height: mask.height, width: mask.width)
      #expect(other == mask)
    }
  }

  /// Of all sizes: rows are compared eight pixels at a time.
  @Test func masksOfAnySizeComeBack() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<400 {
      let (height, width) = (Int.random(in: 1...20, using: &generator), Int.random(in: 1...40, using: &generator))
      let density = Double.random(in: -0.2...1.2, using: &generator)
      var pixels = (0..<(height * width)).map { _ in Double.random(in: 0..<1, using: &generator) < density }
      if Bool.random(using: &generator) {
        // Long runs, also over the ends of columns.
        let columns = Int.random(in: 0...width, using: &generator)
        for place in pixels.indices { pixels[place] = place % width < columns }
      }
      let mask = COCOMask(pixels: pixels, height: height, width: width)
      #expect(mask.pixels == pixels && mask.pixelCount == pixels.count { $0 })
      #expect(mask.counts.dropFirst().allSatisfy { $0 > 0 })
      #expect(try COCOMask(compressed: mask.compressed, height: height, width: width) == mask)
      let places = pixels.indices.filter { pixels[$0] }
      let (rows, columns) = (places.map { $0 / width }, places.map { $0 % width })
      let box =
        places.isEmpty
        ? [0, 0, 0, 0]
        : [
          columns.min()!, rows.min()!, columns.max()! - columns.min()! + 1, rows.max()! - rows.min()! + 1,
        ]
      #expect(numbers(mask.box) == box.map { Double($0) })
    }
  }

  @Test func emptyRunsAreJoined() throws {
    let mask = try COCOMask(counts: [0, 0, 2, 0, 1, 2, 0, 1, 0, 0, 0], height: 2, width: 3)
    #expect(mask.counts == [3, 3] && mask.pixelCount == 3)
    #expect(try COCOMask(counts: [4, 1, 1, 0], height: 2, width: 3).counts == [4, 1, 1])
    #expect(try COCOMask(counts: [6], height: 2, width: 3).box == COCOBox(x: 0, y: 0, width: 0, height: 0))
    #expect(try COCOMask(compressed: "3000021", height: 2, width: 3).pixelCount == 2)
  }

  @Test func aMaskOfManyPixelsTakesNoRoom() throws {
    let side = 65_535
    let mask = try COCOMask(counts: [side * side - 1, 1], height: side, width: side)
    #expect(mask.box == COCOBox(x: Double(side - 1), y: Double(side - 1), width: 1, height: 1))
    let whole = try COCOMask(counts: [0, side * side], height: side, width: side)
    #expect(whole.pixelCount == side * side && whole.intersectionArea(with: mask) == 1)
    #expect(try COCOMask(compressed: whole.compressed, height: side, width: side) == whole)
  }

  // MARK: Wrong forms

  @Test func wrongRunsAreAnswered() {
    let mistakes: [(counts: [Int], height: Int, width: Int, answer: String)] = [
      ([3, 2], 2, 3, "runs of 5 pixels, but a mask of 2×3 has 6"),
      ([3, 2, 2], 2, 3, "runs of more than 6 pixels, but a mask of 2×3 has 6"),
      ([3, Int.max, Int.max], 2, 3, "runs of more than 6 pixels"),
      ([], 2, 3, "runs of 0 pixels"),
      ([3, -1, 4], 2, 3, "a run (number 1 from 0) of the length -1"),
      ([0], 0, 3, "a size of 0×3"),
      ([0], Int.max, 3, "masks have 1 to"),
      ([6], -2, -3, "a size of -2×-3"),
      ([0], 1 << 32, 1, "masks have 1 to"),
    ]
    for mistake in mistakes {
      let error = #expect(throws: COCOMaskError.self) {
        try COCOMask(counts: mistake.counts, height: mistake.height, width: mistake.width)
      }
      #expect(error?.description.contains(mistake.answer) == true, "\(mistake.counts): \(error?.description ?? "")")
    }
  }

  @Test func wrongTextsAreAnswered() {
    let mistakes: [(text: String, answer: String)] = [
      ("", "runs of 0 pixels, but a mask of 4×5 has 20"),
      ("d", "a run that is not written to its end"),
      ("3X", "a run that is not written to its end"),
      ("3p0", "the byte 112 at place 1 (from 0) of 'counts'"),
      ("3 1", "the byte 32 at place 1"),
      ("3é", "the byte 195 at place 1"),
      ("PPPPPPPPPPPP0", "without an end"),
      ("__________?", "without an end"),
      ("3O", "a run (number 1 from 0) of the length -1"),
      ("51", "runs of 6 pixels"),
      ("5d1", "runs of more than 20 pixels"),
    ]
    for mistake in mistakes {
      let error = #expect(throws: COCOMaskError.self) {
        try COCOMask(compressed: mistake.text, height: 4, width: 5)
      }
      #expect(error?.description.contains(mistake.answer) == true, "\(mistake.text): \(error?.description ?? "")")
    }
  }

  @Test func anyTextIsReadOrRefused() {
    var generator = SeededGenerator(seed: 5)
    var count = 0
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...8, using: &generator)
      let text = String(
        decoding: (0..<length).map { _ in UInt8.random(in: 46..<114, using: &generator) }, as: UTF8.self)
      guard let mask = try? COCOMask(compressed: text, height: 3, width: 4) else { continue }
      count += 1
      #expect(mask.counts.reduce(0, +) == 12)
    }
    #expect(count > 0)
  }

  // MARK: Operations

  @Test func overlapsOfReference() throws {
    let record = operations["iou"]
    func box(_ numbers: Reference) -> COCOBox {
      let n = numbers.doubles
      return COCOBox(x: n[0], y: n[1], width: n[2], height: n[3])
    }
    let (found, truth) = (record["boxes_dt"].array.map(box), record["boxes_gt"].array.map(box))
    func overlaps(isCrowd: Bool) -> [[Double]] {
      found.map { found in truth.map { found.overlap(with: $0, isCrowd: isCrowd) } }
    }
    expectClose(overlaps(isCrowd: false), record["boxes_iou"].array.map(\.doubles), tolerance: 1e-9)
    expectClose(overlaps(isCrowd: true), record["boxes_iou_gt_crowd"].array.map(\.doubles), tolerance: 1e-9)
    func masks(_ list: Reference) throws -> [COCOMask] {
      try list.array.map { try mask($0["counts"].string, $0["size"]) }
    }
    let (a, b) = (try masks(record["masks_dt"]), try masks(record["masks_gt"]))
    expectClose(a.map { a in b.map { a.overlap(with: $0) } }, record["masks_iou"].array.map(\.doubles), tolerance: 1e-9)
  }

  @Test func operationsOnPairs() throws {
    let records = random["pairs"].array
    #expect(records.count == 150)
    for record in records {
      let size = record["size"]
      let pair = try record["counts"].array.map { try mask($0.string, size) }
      #expect(pair.map(\.pixelCount) == record["area"].ints)
      #expect(pair.map { numbers($0.box) } == record["box"].array.map(\.doubles))
      #expect(COCOMask.union(of: pair).compressed == record["union"].string)
      #expect(COCOMask.intersection(of: pair).compressed == record["intersection"].string)
      #expect(pair[0].overlap(with: pair[1]) == record["iou"].double)
      #expect(pair[0].overlap(with: pair[1], isCrowd: true) == record["crowd"].double)
      for isCrowd in [false, true] {
        let bound = pair[0].overlapBound(with: pair[1], isCrowd: isCrowd)
        #expect(bound >= pair[0].overlap(with: pair[1], isCrowd: isCrowd) && bound <= 1)
      }
    }
  }

  @Test func combinationsByPixels() {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<100 {
      let pixels = (0..<3).map { _ in (0..<35).map { _ in Int.random(in: 0..<4, using: &generator) > 0 } }
      let masks = pixels.map { COCOMask(pixels: $0, height: 5, width: 7) }
      #expect(COCOMask.union(of: masks).pixels == (0..<35).map { i in pixels.contains { $0[i] } })
      #expect(COCOMask.intersection(of: masks).pixels == (0..<35).map { i in pixels.allSatisfy { $0[i] } })
      #expect(COCOMask.union(of: [masks[0]]) == masks[0])
    }
  }

  // MARK: Polygons

  @Test func polygonsOfReference() throws {
    let records = operations["polygons"].array
    #expect(records.count == 6)
    for record in records {
      let mask = try COCOMask(
        polygons: record["polygons"].array.map(\.doubles), height: record["size"][0].int, width: record["size"][1].int)
      #expect(mask.compressed == record["counts"].string && mask.pixelCount == record["area"].int)
      #expect(mask.pixels == pixels(record["mask"]))
    }
  }

  @Test func randomPolygons() throws {
    let records = random["polygons"].array
    #expect(records.count == 150)
    for record in records {
      let polygons = record["polygons"].array.map(\.doubles)
      let mask = try COCOMask(polygons: polygons, height: record["size"][0].int, width: record["size"][1].int)
      #expect(mask.compressed == record["counts"].string, "\(polygons)")
    }
  }

  @Test func wrongPolygonsAreAnswered() {
    let mistakes: [(polygons: [[Double]], answer: String)] = [
      ([], "no polygon"),
      ([[1, 2, 3, 4]], "a polygon (number 0 from 0) of 4 numbers"),
      ([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7]], "a polygon (number 1 from 0) of 7 numbers"),
      ([[1, 2, 3, 4, 5, 1e9]], "with the coordinate 1000000000.0, far outside"),
      ([[1, 2, -.infinity, 4, 5, 1]], "far outside"),
      ([[1, 2, .nan, 4, 5, 1]], "far outside"),
    ]
    for mistake in mistakes {
      let error = #expect(throws: COCOMaskError.self) { try COCOMask(polygons: mistake.polygons, height: 9, width: 9) }
      #expect(error?.description.contains(mistake.answer) == true, "\(mistake.polygons): \(error?.description ?? "")")
    }
  }
}

/// Files in `Resources/coco`. `random.json` is written by `Benchmarks/peers/coco_sets.py`.
enum COCOResources {
  static func url(_ name: String) -> URL {
    Bundle.module.bundleURL.appendingPathComponent("Resources/coco/\(name).json")
  }

  static let maskOperations = reference("mask_ops")
  static let random = reference("random")

  static func reference(_ name: String) -> Reference {
    do { return try Reference(contentsOf: url(name)) } catch { fatalError("\(name).json: \(error)") }
  }
}
