import Detection
import TestSupport
import Testing

@Suite struct AnchorTests {
  @Test func cellAnchorsOfTheReference() throws {
    let reference = try detectionReference("anchors")
    for record in reference["cell_anchors"].array {
      let level = AnchorLevel(stride: 1, sizes: [record["size"].double], ratios: record["ratios"].doubles)
      expectClose(level.cellAnchors.numbers, record["boxes"].flatDoubles, tolerance: 1e-9)
    }
    let two = reference["cell_anchors_two_sizes"]
    let level = AnchorLevel(stride: 1, sizes: two["sizes"].doubles, ratios: two["ratios"].doubles)
    #expect(level.countPerPosition == 4)
    expectClose(level.cellAnchors.numbers, two["boxes"].flatDoubles, tolerance: 1e-9)
  }

  @Test func anchorsOfTheReference() throws {
    let reference = try detectionReference("anchors")
    for image in reference["images"].array {
      var count = 0
      for (level, record) in paired([AnchorLevel].pyramid, image["levels"].array) {
        let feature = record["feature"].ints
        let anchors = level.anchors(rows: feature[0], columns: feature[1])
        let what = "\(image["image"].ints) stride \(level.stride)"
        count += anchors.count
        #expect(level.stride == record["stride"].int && level.sizes == record["size"].flatDoubles)
        #expect(anchors.count == record["count"].int, "\(what)")
        expectClose(Array(anchors.prefix(4)).numbers, record["first"].flatDoubles, tolerance: 1e-8, what)
        expectClose(Array(anchors.suffix(2)).numbers, record["last"].flatDoubles, tolerance: 1e-8, what)
        let sums = [\BoundingBox.x1, \.y1, \.x2, \.y2].map { side in anchors.reduce(0) { $0 + $1[keyPath: side] } }
        let expectedSums = record["sum"].doubles
        expectClose(sums, expectedSums, tolerance: tolerance(expectedSums), what)
        let numbers = anchors.numbers
        let probe = zip(numbers, FillFormula.unit("probe", count: numbers.count)).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose([probe], [record["probe_dot"].double], tolerance: 1e-9 * 640 * Double(numbers.count), what)
        if record.has("all") { expectClose(numbers, record["all"].flatDoubles, tolerance: 1e-6, what) }
      }
      #expect(count == image["count"].int)
    }
    let half = reference["offset_half"]
    let level = AnchorLevel(stride: half["stride"].int, sizes: half["size"].flatDoubles, offset: 0.5)
    let anchors = level.anchors(rows: half["feature"].ints[0], columns: half["feature"].ints[1])
    expectClose(anchors.numbers, half["boxes"].flatDoubles, tolerance: 1e-9)
  }
}
