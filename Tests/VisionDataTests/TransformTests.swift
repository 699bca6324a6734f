import Support
import TestSupport
import Testing
import Torch
import VisionData

@Suite struct TransformTests {
  private let tasks = [
    VisionTask("depth", .depth), VisionTask("normals", .normals),
    VisionTask("labels", .segmentation(classes: ["a", "b"])),
  ]

  private func sample() -> Sample {
    Sample(
      image: PixelMap(channels: 3, height: 4, width: 6, values: (0..<72).map { Float($0) / 72 }),
      targets: [
        "depth": PixelMap(channels: 1, height: 4, width: 6, values: (0..<24).map { $0 == 3 ? 255 : Float($0 + 1) }),
        "normals": PixelMap(
          channels: 3, height: 4, width: 6, values: (0..<72).map { $0 < 24 ? 0.6 : $0 < 48 ? 0 : -0.8 }),
        "labels": PixelMap(channels: 1, height: 4, width: 6, values: (0..<24).map { Float($0 % 2) }),
      ])
  }

  @Test func mirroredNormalsTurnTheirX() {
    let flipped = sample().flippedHorizontally(tasks: tasks)
    #expect(flipped.targets["normals"]!.values.prefix(24).allSatisfy { $0 == -0.6 })
    #expect(flipped.targets["normals"]!.values.suffix(24).allSatisfy { $0 == -0.8 })
    #expect(flipped.image[0, 0, 0] == sample().image[0, 0, 5])
    #expect(flipped.targets["depth"]![0, 0, 2] == 255)
    let twice = flipped.flippedHorizontally(tasks: tasks)
    #expect(twice.targets == sample().targets && twice.image == sample().image)
  }

  @Test func comingCloserDividesDepth() {
    var generator = SeededGenerator(seed: 1)
    let scaled = RandomScale(2...2)(sample(), tasks: tasks, using: &generator)
    #expect(scaled.image.height == 8 && scaled.image.width == 12)
    #expect(scaled.targets["depth"]![0, 0, 0] == 0.5)
    #expect(scaled.targets["depth"]!.values.contains(255))
    #expect(Set(scaled.targets["labels"]!.values) == [0, 1])
  }

  @Test func cropsCutPictureAndTruthAlike() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<20 {
      let cropped = RandomCrop(height: 2, width: 3)(sample(), tasks: tasks, using: &generator)
      #expect(cropped.image.height == 2 && cropped.image.width == 3)
      let place = Int((cropped.image[0, 0, 0] * 72).rounded())
      #expect(cropped.targets["depth"]![0, 0, 0] == (place == 3 ? 255 : Float(place + 1)))
    }
    let padded = RandomCrop(height: 6, width: 6)(sample(), tasks: tasks, using: &generator)
    #expect(padded.image[0, 5, 0] == 0 && padded.targets["labels"]![0, 5, 0] == 255)
  }

  @Test func colourJitterLeavesTheTruth() {
    var generator = SeededGenerator(seed: 3)
    let jittered = ColourJitter(strength: 0.5)(sample(), tasks: tasks, using: &generator)
    #expect(jittered.targets == sample().targets && jittered.image != sample().image)
    #expect(jittered.image.values.allSatisfy { (0...1).contains($0) })
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
