import Foundation
import Testing
import VisionMetrics

@Suite struct COCOResultTests {
  @Test func resultsAreThoseOfCOCO() throws {
    let mask = COCOMask(pixels: [false, true, false, true], height: 2, width: 2)
    let result = COCOResult(
      box: COCOBox(x: 1, y: 0, width: 1, height: 2), mask: mask, image: 3, score: 0.5, occlusion: 0.25)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(result), as: UTF8.self)
    #expect(
      text
        == #"{"bbox":[1,0,1,2],"category_id":1,"image_id":3,"occlusion":0.25,"score":0.5,"segmentation":{"counts":"22","size":[2,2]}}"#
    )
  }
}
