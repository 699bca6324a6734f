import Support
import TestSupport
import Testing
import Torch
import VisionData

@Suite struct TransformTests {
  private func map(_ content: MapContent, _ values: [Float], unknown: Int? = nil) -> Target {
    .map(
      DenseMap(
        content, PixelMap(channels: values.count / 24, height: 4, width: 6, values: values),
        known: PixelMask(height: 4, width: 6, values: (0..<24).map { $0 != unknown })))
  }

  private func sample() -> Sample {
    Sample(
      image: PixelMap(channels: 3, height: 4, width: 6, values: (0..<72).map { Float($0) / 72 }),
      targets: [
        "depth": map(.distances, (0..<24).map { Float($0 + 1) }, unknown: 3),
        "normals": map(.directions, (0..<72).map { $0 < 24 ? 0.6 : $0 < 48 ? 0 : -0.8 }),
        "labels": map(.classes, (0..<24).map { Float($0 % 2) }),
        "faces": .attributes([true, nil]),
      ])
  }

  private func values(_ sample: Sample, _ task: String) -> PixelMap { sample.targets[task]!.map!.values }

  @Test func mirroredNormalsTurnTheirX() {
    let flipped = sample().applying(.flip)
    #expect(values(flipped, "normals").values.prefix(24).allSatisfy { $0 == -0.6 })
    #expect(values(flipped, "normals").values.suffix(24).allSatisfy { $0 == -0.8 })
    #expect(flipped.image[0, 0, 0] == sample().image[0, 0, 5])
    #expect(flipped.targets["depth"]!.map!.known?.values.firstIndex(of: false) == 2)
    let twice = flipped.applying(.flip)
    #expect(twice == sample())
  }

  @Test func comingCloserDividesDepth() {
    var generator = SeededGenerator(seed: 1)
    let scaled = RandomScale(2...2)(sample(), using: &generator)
    #expect(scaled.image.height == 8 && scaled.image.width == 12)
    #expect(values(scaled, "depth")[0, 0, 0] == 0.5)
    #expect(scaled.targets["depth"]!.map!.known?.values.count { !$0 } == 4)
    #expect(Set(values(scaled, "labels").values) == [0, 1])
    let resized = sample().applying(.resize(height: 8, width: 12))
    #expect(values(resized, "depth")[0, 0, 0] == 1 && resized.image == scaled.image)
    let disparity = DenseMap(.inverseDistances, values(sample(), "depth")).applying(.scale(factor: 2))
    #expect(disparity.values[0, 7, 11] == 48)
  }

  @Test func cropsCutImageAndTruthAlike() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<20 {
      let cropped = RandomCrop(height: 2, width: 3)(sample(), using: &generator)
      #expect(cropped.image.height == 2 && cropped.image.width == 3)
      let place = Int((cropped.image[0, 0, 0] * 72).rounded())
      let depth = cropped.targets["depth"]!.map!
      #expect(depth.isKnown(row: 0, column: 0) == (place != 3))
      #expect(depth.values[0, 0, 0] == (place == 3 ? 0 : Float(place + 1)))
    }
    let padded = RandomCrop(height: 6, width: 6)(sample(), using: &generator)
    #expect(padded.image[0, 5, 0] == 0)
    for task in ["depth", "normals", "labels"] {
      let map = padded.targets[task]!.map!
      #expect(map.isKnown(row: 3, column: 0) && !map.isKnown(row: 4, column: 0) && !map.isKnown(row: 5, column: 5))
    }
    #expect(padded.targets["faces"] == sample().targets["faces"])
  }

  @Test func colorJitterLeavesTheTruth() {
    var generator = SeededGenerator(seed: 3)
    let jittered = ColorJitter(strength: 0.5)(sample(), using: &generator)
    #expect(jittered.targets == sample().targets && jittered.image != sample().image)
    #expect(jittered.image.values.allSatisfy { (0...1).contains($0) })
  }

  // MARK: Rotation

  @Test func aQuarterTurnIsCounterclockwise() {
    let square = DenseMap(.classes, PixelMap(channels: 1, height: 3, width: 3, values: (0..<9).map { Float($0) }))
    let turned = square.applying(.rotate(degrees: 90))
    #expect(turned.values.values == [2, 5, 8, 1, 4, 7, 0, 3, 6] && turned.known == nil)
    // A normal to the right looks up after it.
    let right = DenseMap(.directions, PixelMap(channels: 3, height: 1, width: 1, values: [1, 0, 0]))
    expectClose(right.applying(.rotate(degrees: 90)).values.values, [0, -1, 0], tolerance: 1e-6)
    let image = Sample(image: square.values, targets: [:]).applying(.rotate(degrees: 90)).image
    expectClose(image.values, turned.values.values, tolerance: 1e-5)
  }

  /// The middle comes back; the corners are lost.
  @Test(arguments: [Float(5), -17, 30]) func aTurnAndBackKeepsTheMiddle(_ degrees: Float) {
    let size = 48
    let blocks = DenseMap(
      .classes,
      PixelMap(
        channels: 1, height: size, width: size,
        values: (0..<(size * size)).map { Float($0 / size / 24 * 2 + $0 % size / 24) }))
    let slope = PixelMap(
      channels: 1, height: size, width: size, values: (0..<(size * size)).map { Float($0 % size + $0 / size) })
    let sample = Sample(image: slope, targets: ["blocks": .map(blocks)])
    let back = sample.applying(.rotate(degrees: degrees)).applying(.rotate(degrees: -degrees))
    let map = back.targets["blocks"]!.map!
    #expect(!map.isKnown(row: 0, column: 0) && map.height == size && map.width == size)
    for row in 12..<36 {
      for column in 12..<36 {
        #expect(map.isKnown(row: row, column: column))
        #expect(abs(back.image[0, row, column] - slope[0, row, column]) < 1e-3)
        // Beside a border the nearest pixel may be that on its other side.
        guard abs(row - 23) > 2 && abs(column - 23) > 2 else { continue }
        #expect(map.values[0, row, column] == blocks.values[0, row, column])
      }
    }
  }

  @Test func randomRotationsAreInTheirRange() {
    var generator = SeededGenerator(seed: 5)
    let turned = RandomRotation(degrees: -20...20)(sample(), using: &generator)
    #expect(turned.image.height == 4 && turned.image != sample().image)
    #expect(RandomRotation(degrees: 0...0)(sample(), using: &generator).targets == sample().targets)
  }

  // MARK: Channels

  @Test func depthOfAnImageFollowsTheCamera() {
    let image = PixelMap(
      channels: 4, height: 2, width: 2, values: [0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0, 1, 1, 1, 1, 2, 4, 0, 8])
    let sample = Sample(image: image, depthChannel: 3, targets: [:])
    let closer = sample.applying(.scale(factor: 2))
    #expect(closer.image.channels == 4 && closer.depthChannel == 3)
    #expect(closer.image.values.suffix(16) == [1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 4, 4, 0, 0, 4, 4])
    let larger = sample.applying(.resize(height: 4, width: 4))
    #expect(larger.image.values.suffix(16) == [2, 2, 4, 4, 2, 2, 4, 4, 0, 0, 8, 8, 0, 0, 8, 8])
    #expect(larger.image.values.prefix(48) == closer.image.values.prefix(48))
    #expect(sample.applying(.flip).image.values.suffix(4) == [4, 2, 8, 0])
    var generator = SeededGenerator(seed: 3)
    let jittered = ColorJitter(strength: 0.5)(sample, using: &generator)
    #expect(jittered.image.values.suffix(4) == image.values.suffix(4))
    #expect(jittered.image.values.prefix(12) != image.values.prefix(12))
    let normalized = Normalization.imageNet(withDepthFrom: 2, to: 6)(sample, using: &generator).image
    #expect(normalized.values.suffix(4) == [-2, 0, -4, 4])
    #expect(abs(normalized[0, 0, 0] - (0.1 - 0.485) / 0.229) < 1e-5)
  }

  @Test func imagesOfOneChannelPassAllTransforms() {
    var generator = SeededGenerator(seed: 3)
    let gray = Sample(image: PixelMap(channels: 1, height: 4, width: 6, repeating: 0.5), targets: [:])
    let transforms: [any Transform] = [
      Rescale(height: 8, width: 8), RandomScale(1...2), RandomRotation(degrees: -9...9),
      RandomCrop(height: 6, width: 6),
      RandomFlip(), ColorJitter(strength: 0.5), Normalization(mean: [0.5], deviation: [1]),
    ]
    let changed = transforms.reduce(gray) { $1($0, using: &generator) }
    #expect(changed.image.channels == 1 && changed.image.height == 6)
  }

  @Test func resizingAgreesWithLibTorch() {
    var generator = SeededGenerator(seed: 4)
    let map = PixelMap(
      channels: 2, height: 7, width: 5, values: (0..<70).map { _ in .random(in: 0...1, using: &generator) })
    for (height, width) in [(14, 10), (3, 4), (7, 5), (11, 2)] {
      let expected: [Float] = Tensor(map.values, shape: [1, 2, 7, 5]).resized(height: height, width: width, .bilinear)
        .array()
      expectClose(map.resizedBilinear(height: height, width: width).values, expected, tolerance: 1e-5)
    }
  }
}
