import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Laws that hold for every change of a sample, over random samples.
@Suite struct AugmentationLawTests {
  private static let (height, width) = (20, 28)

  private func map(_ channels: Int, _ value: (_ channel: Int, _ row: Int, _ column: Int) -> Float) -> PixelMap {
    var map = PixelMap(channels: channels, height: Self.height, width: Self.width)
    for channel in 0..<channels {
      for row in 0..<Self.height {
        for column in 0..<Self.width { map[channel, row, column] = value(channel, row, column) }
      }
    }
    return map
  }

  /// A sample whose classes are 0, 3 and 9, of which something is unknown, with depth, disparity, normals and objects.
  private func sample(_ seed: UInt64) -> Sample {
    var generator = SeededGenerator(seed: seed)
    let (count, place) = (Self.height * Self.width, Int.random(in: 2...12, using: &generator))
    let known = PixelMask(
      height: Self.height, width: Self.width,
      values: (0..<count).map { _ in .random(in: 0..<10, using: &generator) > 0 })
    let labels = map(1) { _, row, column in [0, 3, 9][(row / 5 + column / 7 + place) % 3] }
    let depth = map(1) { _, row, column in 1 + Float(row * column % 17) / 4 }
    var disparity = depth
    disparity.values = depth.values.map { 1 / $0 }
    let normals = map(3) { channel, row, column in
      let angle = Float(row + 2 * column + place) / 9
      return [0.6 * cos(angle), 0.6 * sin(angle), -0.8][channel]
    }
    let visible = (0..<count).map {
      ($0 / Self.width) / 6 == 1 && $0 % Self.width > place && $0 % Self.width < place + 9
    }
    let amodal = (0..<count).map { visible[$0] || (($0 / Self.width) / 3 == 4 && $0 % Self.width == place + 4) }
    let object = ObjectAnnotation(
      label: 1, visibleMask: RunLengthMask(visible, height: Self.height, width: Self.width),
      amodalMask: RunLengthMask(amodal, height: Self.height, width: Self.width))!
    return Sample(
      image: map(3) { _, _, _ in .random(in: 0...1, using: &generator) },
      targets: [
        "labels": .map(DenseMap(.classes, labels, known: known)),
        "depth": .map(DenseMap(.distances, depth, known: known)),
        "disparity": .map(DenseMap(.inverseDistances, disparity, known: known)),
        "normals": .map(DenseMap(.directions, normals, known: known)), "objects": .objects([object]),
        "faces": .attributes([true, nil]),
      ])
  }

  private static let transforms: [any Transform] = [
    RandomFlip(), RandomScale(0.5...2), RandomScale(.list([1, 1.2, 1.5])), RandomZoom(.range(0.6...1.7), at: .center),
    RandomZoom(.list([1, 1.2, 1.5]), at: .random), RandomRotation(degrees: -20...20), RandomCrop(height: 12, width: 32),
    RandomCrop(height: 30, width: 16, limit: ("labels", 0.4), isFilled: false), CenterPadding(height: 27, width: 21),
    PhotometricDistortion(), Rescale(height: 9, width: 40),
  ]

  @Test func flippingTwiceIsTheIdentity() {
    for seed in 1...5 as ClosedRange<UInt64> {
      #expect(sample(seed).applying(.flip).applying(.flip) == sample(seed))
    }
  }

  /// Whatever happens, there are only the labels that there were, images and maps stay of one size, and where nothing is
  /// known there is a zero.
  @Test(arguments: transforms.indices) func labelsAreNeverMixed(_ index: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let (before, after) = (sample(seed), Self.transforms[index](sample(seed), using: &generator))
      #expect(after.targets["faces"] == before.targets["faces"])
      for task in ["labels", "depth", "disparity", "normals"] {
        let map = try #require(after.targets[task]?.map)
        #expect(map.height == after.image.height && map.width == after.image.width)
        let hasUnknownValue = (0..<(map.height * map.width)).contains {
          !map.isKnown(pixel: $0) && map.values.values[$0] != 0
        }
        #expect(!hasUnknownValue, "\(task)")
      }
      let labels = try #require(after.targets["labels"]?.map)
      let seen = Set(
        (0..<(labels.height * labels.width)).filter { labels.isKnown(pixel: $0) }.map { labels.values.values[$0] })
      #expect(seen.isSubset(of: [0, 3, 9]))
      for pixel in 0..<(labels.height * labels.width) {
        let vector = (0..<3).map {
          after.targets["normals"]!.map!.values.values[$0 * labels.height * labels.width + pixel]
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }
        #expect(abs(length - (labels.isKnown(pixel: pixel) ? 1 : 0)) < 1e-4)
      }
    }
  }

  /// What is unknown mixes with nothing: where a number is known, it is one of those that were known, and a map of which
  /// all is known gains unknown places from beyond the image alone.
  @Test(arguments: transforms.indices) func unknownNumbersNeverSpread(_ index: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var start = sample(seed)
      let known = try #require(start.targets["labels"]?.map?.known)
      let stripes = map(2) { channel, row, column in [0.25, 0.5, 0.875][(row + 2 * column + channel) % 3] }
      let lines = map(1) { _, row, column in row == 7 || column == 11 ? 1 : 0 }
      let both = PixelMask(
        channels: 2, height: Self.height, width: Self.width, values: known.values + known.values.reversed())
      start.targets["stripes"] = .map(DenseMap(.quantities, stripes, known: both))
      start.targets["lines"] = .map(DenseMap(.lines, lines, known: known))
      start.targets["regions"] = .map(DenseMap(.regions, lines, known: known))
      start.targets["whole"] = .map(DenseMap(.classes, map(1) { _, _, _ in 7 }))
      var generator = SeededGenerator(seed: seed)
      let after = Self.transforms[index](start, using: &generator)
      for (task, allowed) in [("stripes", [0.25, 0.5, 0.875]), ("lines", [0, 1]), ("regions", [0, 1])]
        as [(String, Set<Float>)]
      {
        let changed = try #require(after.targets[task]?.map)
        let count = changed.height * changed.width
        for channel in 0..<changed.channels {
          for pixel in 0..<count where changed.isKnown(channel: channel, pixel: pixel) {
            #expect(allowed.contains(changed.values.values[channel * count + pixel]), "\(task)")
          }
        }
      }
      let (whole, labels) = (try #require(after.targets["whole"]?.map), try #require(after.targets["labels"]?.map))
      for pixel in 0..<(whole.height * whole.width) {
        #expect(whole.values.values[pixel] == (whole.isKnown(pixel: pixel) ? 7 : 0))
        #expect(whole.isKnown(pixel: pixel) || !labels.isKnown(pixel: pixel))
      }
    }
  }

  /// Disparity is the inverse of depth, whatever the camera does.
  @Test(arguments: transforms.indices) func disparityStaysTheInverseOfDepth(_ index: Int) throws {
    var generator = SeededGenerator(seed: 7)
    let after = Self.transforms[index](sample(7), using: &generator)
    let (depth, disparity) = (try #require(after.targets["depth"]?.map), try #require(after.targets["disparity"]?.map))
    #expect(depth.known == disparity.known)
    for pixel in 0..<(depth.height * depth.width) where depth.isKnown(pixel: pixel) {
      #expect(abs(depth.values.values[pixel] * disparity.values.values[pixel] - 1) < 1e-4)
    }
  }

  /// The boxes of changed objects are those of their changed masks, and masks move as labels do.
  @Test(arguments: transforms.indices) func boxesAreThoseOfTheMasks(_ index: Int) throws {
    var (start, generator) = (sample(3), SeededGenerator(seed: 3))
    let object = try #require(start.targets["objects"]?.objects?.first)
    start.targets["mask"] = .map(
      DenseMap(
        .regions,
        PixelMap(
          channels: 1, height: Self.height, width: Self.width, values: object.amodalMask.pixels.map { $0 ? 1 : 0 })))
    let after = Self.transforms[index](start, using: &generator)
    let mask = try #require(after.targets["mask"]?.map?.values.values)
    guard let changed = after.targets["objects"]?.objects?.first else {
      #expect(!mask.contains(1))
      return
    }
    #expect(changed.amodalMask.pixels == mask.map { $0 == 1 } && changed.box == changed.amodalMask.box)
  }

  /// The normals of a plane that is mirrored, zoomed or turned are those of the plane that the camera sees then.
  @Test(arguments: [Float(0), 15, -20, 90]) func normalsOfAPlaneFollow(_ degrees: Float) throws {
    // Depth d grows by a and b for each pixel to the right and down: the normal of the plane is along (a, b, -1), for
    // pixels that are small against the distance.
    let (a, b) = (Float(0.02), Float(-0.01))
    let length = (a * a + b * b + 1).squareRoot()
    func normal(_ a: Float, _ b: Float) -> [Float] { [a / length, b / length, -1 / length] }
    let plane = Sample(
      image: map(3) { _, _, _ in 0 },
      targets: [
        "depth": .map(DenseMap(.distances, map(1) { _, row, column in 2 + a * Float(column) + b * Float(row) })),
        "normals": .map(DenseMap(.directions, map(3) { channel, _, _ in normal(a, b)[channel] })),
      ])
    let turned = plane.applying(.rotate(degrees: degrees)).applying(.flip)
    let (depth, normals) = (try #require(turned.targets["depth"]?.map), try #require(turned.targets["normals"]?.map))
    let center = (row: Self.height / 2, column: Self.width / 2)
    // Over many pixels, as each takes the nearest depth.
    func slope(_ rows: Int, _ columns: Int) -> Float {
      (depth.values[0, center.row + rows, center.column + columns]
        - depth.values[0, center.row - rows, center.column - columns])
        / Float(2 * (rows + columns))
    }
    let expected = normal(slope(0, 8), slope(8, 0))
    for axis in 0..<3 {
      #expect(abs(normals.values[axis, center.row, center.column] - expected[axis]) < 0.004, "\(degrees) \(axis)")
    }
  }

  /// The camera comes closer by a factor: what is there is that much nearer, and a crop of the middle shows it.
  @Test func zoomingKeepsTheSizeAndDividesDepth() throws {
    var generator = SeededGenerator(seed: 1)
    let before = sample(5)
    for place in [RandomZoom.Place.center, .random] {
      let zoomed = RandomZoom(.list([2]), at: place)(before, using: &generator)
      let (old, new) = (try #require(before.targets["depth"]?.map), try #require(zoomed.targets["depth"]?.map))
      #expect(new.height == Self.height && new.width == Self.width && zoomed.image.width == Self.width)
      let halves = Set(old.values.values.map { $0 / 2 })
      #expect(new.values.values.allSatisfy { halves.contains($0) })
    }
    let centered = RandomZoom(.list([2]), at: .center)(before, using: &generator).targets["labels"]?.map
    let labels = try #require(before.targets["labels"]?.map)
    for row in 0..<Self.height {
      for column in 0..<Self.width {
        let source = ((row + Self.height / 2) / 2, (column + Self.width / 2) / 2)
        #expect(centered?.values[0, row, column] == labels.values[0, source.0, source.1])
      }
    }
    // Around a smaller image nothing is known.
    let shrunk = RandomZoom(.list([0.5]), at: .center)(before, using: &generator).targets["faces"]
    #expect(shrunk == before.targets["faces"])
    let around = try #require(RandomZoom(.list([0.5]), at: .random)(before, using: &generator).targets["labels"]?.map)
    #expect(!around.isKnown(row: 0, column: 0) && !around.isKnown(row: Self.height - 1, column: Self.width - 1))
    #expect((0..<(Self.height * Self.width)).count { around.isKnown(pixel: $0) } <= Self.height * Self.width / 4)
  }

  /// Left of the image there is one class alone, and right of it there are two.
  @Test func cropsKeepToTheLimitOfClasses() throws {
    let labels = map(1) { _, row, column in column < 14 ? 5 : Float(row % 2) }
    let sample = Sample(image: map(3) { _, _, _ in 0 }, targets: ["labels": .map(DenseMap(.classes, labels))])
    var (generator, oneClass) = (SeededGenerator(seed: 2), [0, 0])
    let limits: [(task: String, fraction: Double)?] = [nil, ("labels", 0.75)]
    for _ in 0..<100 {
      for (index, limit) in limits.enumerated() {
        let crop = RandomCrop(height: 8, width: 8, limit: limit)(sample, using: &generator).targets["labels"]!.map!
        if Set(crop.values.values).count == 1 { oneClass[index] += 1 }
      }
    }
    #expect(oneClass[0] > 20 && oneClass[1] <= 2, "\(oneClass)")
  }

  @Test func paddingIsTheMeanColor() throws {
    var generator = SeededGenerator(seed: 2)
    let normalized = Normalization.imageNet(sample(1), using: &generator)
    let padded = CenterPadding(height: 26, width: 30)(normalized, using: &generator)
    #expect(padded.image.height == 26 && padded.image.width == 30)
    #expect(padded.image[0, 0, 0] == 0 && padded.image[1, 3, 1] == normalized.image[1, 0, 0])
    let labels = try #require(padded.targets["labels"]?.map)
    #expect(!labels.isKnown(row: 2, column: 5) && !labels.isKnown(row: 25, column: 5))
    // A part that is not filled up is as large as the image allows.
    let part = RandomCrop(height: 26, width: 8, isFilled: false)(normalized, using: &generator)
    #expect(part.image.height == 20 && part.image.width == 8)
    #expect(try #require(part.targets["depth"]?.map).known != nil)
  }

  @Test func photometricDistortionChangesColorsAlone() {
    let before = sample(1)
    var changed = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let after = PhotometricDistortion()(before, using: &generator)
      #expect(after.targets == before.targets && after.image.values.allSatisfy { (0...1).contains($0) })
      if after.image != before.image { changed += 1 }
    }
    #expect(changed >= 15)
    // A turn of 120 degrees makes red green; gray has no hue; and no change of saturation is none.
    func only(_ saturation: ClosedRange<Float>, _ hue: Float, _ color: [Float]) -> [[Float]] {
      let transform = PhotometricDistortion(brightness: 0, contrast: 1...1, saturation: saturation, hue: hue)
      let image = PixelMap(channels: 3, height: 1, width: 1, values: color)
      return (1...30 as ClosedRange<UInt64>).map { seed in
        var generator = SeededGenerator(seed: seed)
        return transform(Sample(image: image, targets: [:]), using: &generator).image.values
      }
    }
    for values in only(1...1, 180, [0.4, 0.4, 0.4]) { #expect(values == [0.4, 0.4, 0.4]) }
    for values in only(1...1, 180, [0.9, 0.3, 0.2]) {
      #expect(abs(values.max()! - 0.9) < 1e-5 && abs(values.min()! - 0.2) < 1e-5)
    }
    for values in only(0.5...0.5, 0, [0.8, 0.4, 0.2]) {
      expectClose(values, values[2] < 0.3 ? [0.8, 0.4, 0.2] : [0.8, 0.6, 0.5], tolerance: 1e-5)
    }
  }
}
