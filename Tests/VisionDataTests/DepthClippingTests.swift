import Foundation
import Support
import TestSupport
import Testing
import VisionData

@Suite struct DepthClippingTests {
  @Test func depthIsLimitedAndFilledIn() {
    var image = PixelMap(channels: 4, height: 1, width: 6, repeating: 0.25)
    for (column, depth) in [Float(0), .nan, 0.4, 1, 5, -1].enumerated() { image[3, 0, column] = depth }
    var generator = SeededGenerator(seed: 0)
    let clipping = DepthClipping(0.5...2)
    let result = clipping(Sample(image: image, depthChannel: 3, targets: [:]), using: &generator).image
    #expect(Array(result.values[18...]) == [2, 2, 0.5, 1, 2, 2])
    #expect(Array(result.values[..<18]) == [Float](repeating: 0.25, count: 18))
    let colors = Sample(image: PixelMap(channels: 4, height: 1, width: 1, repeating: 9), targets: [:])
    #expect(clipping(colors, using: &generator) == colors)
  }

  @Test func depthFilesAreRead() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("depth.png")
      try RawPNG(height: 1, width: 2, bits: 16, samples: [0, 12_345]).write(to: url)
      let depth = try PictureReader().depth(at: url)
      #expect(depth.values == [0, 1.2345] && depth.channels == 1 && depth.height == 1 && depth.width == 2)
      try RawPNG(height: 1, width: 2, samples: [0, 1]).write(to: url)
      #expect { try PictureReader().depth(at: url) } throws: {
        "\($0)".contains("depth.png: has 1 channels of 8 bits")
      }
      let missing = folder.appendingPathComponent("missing.png")
      #expect { try PictureReader().depth(at: missing) } throws: { "\($0)".contains("missing.png: does not exist") }
    }
  }
}
