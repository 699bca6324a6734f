import Foundation
import Support
import TestSupport
import Testing
import VisionData

/// Objects in images, whatever happens to these.
@Suite struct ObjectTests {
  private let scenes = Scenes(
    seed: 11, count: 12, height: 48, width: 64,
    tasks: Scenes.allTasks.filter { ["objects", "segmentation"].contains($0.name) })

  private static let changes: [GeometricChange] = [
    .flip, .scale(factor: 1.5), .scale(factor: 0.4), .resize(height: 31, width: 77),
    .crop(row: 10, column: 20, height: 24, width: 24), .crop(row: 20, column: 30, height: 48, width: 64),
    .rotate(degrees: 15), .rotate(degrees: -40),
  ]

  private func objects(_ sample: Sample) -> [ObjectAnnotation] { sample.targets["objects"]!.objects! }

  /// The tight box of a mask, found pixel by pixel.
  private func box(_ mask: RunLengthMask) -> PixelBox {
    let places = mask.pixels.indices.filter { mask.pixels[$0] }
    let (rows, columns) = (places.map { $0 / mask.width }, places.map { $0 % mask.width })
    return PixelBox(x1: columns.min()!, y1: rows.min()!, x2: columns.max()! + 1, y2: rows.max()! + 1)
  }

  @Test func boxesOfMasksAreTight() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let (height, width) = (Int.random(in: 1...6, using: &generator), Int.random(in: 1...6, using: &generator))
      let density = Double.random(in: 0...1, using: &generator)
      let mask = RunLengthMask(
        (0..<(height * width)).map { _ in Double.random(in: 0..<1, using: &generator) < density }, height: height,
        width: width)
      #expect(mask.box == (mask.area == 0 ? nil : box(mask)))
    }
  }

  @Test(arguments: changes) func boxesAndMasksStayInStep(_ change: GeometricChange) {
    var (count, dropped) = (0, 0)
    for position in 0..<scenes.count {
      let sample = scenes.sample(at: position)
      let changed = sample.applying(change)
      #expect(objects(changed).count <= objects(sample).count)
      dropped += objects(sample).count - objects(changed).count
      let classes = changed.targets["segmentation"]!.map!
      for object in objects(changed) {
        let (visible, amodal) = (object.visibleMask, object.amodalMask)
        #expect(amodal.height == changed.image.height && amodal.width == changed.image.width)
        #expect(object.box == box(amodal))
        #expect(zip(visible.pixels, amodal.pixels).allSatisfy { !$0 || $1 })
        #expect(object.occludedFraction == 1 - Double(visible.area) / Double(amodal.area))
        // Where it is seen, the image's class is its own.
        let kind = Float(Scenes.objectKinds[object.label].rawValue)
        for (pixel, isSeen) in visible.pixels.enumerated() where isSeen {
          #expect(classes.values.values[pixel] == kind && classes.isKnown(pixel: pixel))
        }
        count += 1
      }
    }
    #expect(count > 20)
    if case .crop = change { #expect(dropped > 0) }
    if change == .flip { #expect(dropped == 0) }
  }

  @Test func flippedTwiceIsAsBefore() {
    for position in 0..<4 {
      let sample = scenes.sample(at: position)
      #expect(sample.applying(.flip) != sample && sample.applying(.flip).applying(.flip) == sample)
      for (a, b) in paired(objects(sample), objects(sample.applying(.flip))) {
        #expect(b.box == PixelBox(x1: 64 - a.box.x2, y1: a.box.y1, x2: 64 - a.box.x1, y2: a.box.y2))
        #expect(b.occludedFraction == a.occludedFraction)
      }
    }
  }

  @Test func aCropAfterEnlargingKeepsTightBoxes() {
    for position in 0..<scenes.count {
      let sample = scenes.sample(at: position).applying(.scale(factor: 1.7))
        .applying(.crop(row: 13, column: 9, height: 40, width: 60))
      for object in objects(sample) { #expect(object.box == box(object.amodalMask)) }
    }
  }

  @Test func whatLeavesTheImageIsDropped() {
    let mask = RunLengthMask((0..<16).map { $0 == 15 }, height: 4, width: 4)
    let corner = ObjectAnnotation(label: 0, visibleMask: mask, amodalMask: mask)!
    #expect(corner.box == PixelBox(x1: 3, y1: 3, x2: 4, y2: 4))
    #expect(corner.applying(.crop(row: 0, column: 0, height: 3, width: 4)) == nil)
    #expect(corner.applying(.crop(row: 3, column: 2, height: 8, width: 8))?.box == PixelBox(x1: 1, y1: 0, x2: 2, y2: 1))
    let nothing = RunLengthMask([Bool](repeating: false, count: 16), height: 4, width: 4)
    #expect(ObjectAnnotation(label: 0, visibleMask: nothing, amodalMask: nothing) == nil)
    let hidden = ObjectAnnotation(label: 0, visibleMask: nothing, amodalMask: mask)
    #expect(hidden?.occludedFraction == 1)
  }

  // MARK: Files

  /// Writes scenes, breaks their second file of objects, and tells what reading says.
  private func complaint(_ text: String, with other: String) throws -> String {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      try DatasetWriter(url).write(Scenes(seed: 11, count: 2, height: 48, width: 64, tasks: scenes.tasks))
      let file = url.appendingPathComponent("objects/000001.json")
      let content = try String(contentsOf: file, encoding: .utf8)
      let range = try #require(content.firstRange(of: try Regex(text)), "no \(text) in \(content.prefix(300))")
      try Data(content.replacingCharacters(in: range, with: other).utf8).write(to: file)
      let dataset = try DatasetFolder(url)
      _ = try dataset.sample(at: 0)
      do {
        _ = try dataset.sample(at: 1)
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  @Test(arguments: [
    (
      "\"width\":64", "\"width\":63",
      "objects/000001.json: is not a list of objects: the lengths of the runs do not add up"
    ),
    ("\"counts\":\\[[0-9]+", "\"counts\":[9000000000000000000", "do not add up to a mask of 48×64"),
    ("\"counts\":\\[[0-9]+", "\"counts\":[-1", "do not add up to a mask of 48×64"),
    ("\"counts\":\\[[^\\]]*\\],\"height\":48", "\"counts\":[0,3072],\"height\":64", "do not add up to a mask of 64×64"),
    (
      "\"counts\":\\[[^\\]]*\\],\"height\":48,\"width\":64", "\"counts\":[0,6],\"height\":2,\"width\":3",
      "object 1 has a mask of 2×3, but the data set's images are 48×64"
    ),
    (
      "\"counts\":\\[[^\\]]*\\],\"height\":48", "\"counts\":[3072],\"height\":48",
      "object 1 has an empty amodal mask"
    ),
    (
      "\"counts\":\\[[^\\]]*\\],\"height\":48", "\"counts\":[0,1,3071],\"height\":48",
      "object 1 is seen at pixels that are not in its amodal mask"
    ),
    (
      "\"kind\":\"[a-z]+\"", "\"kind\":\"shere\"",
      "object 1: unknown class of 'objects' 'shere'. Did you mean 'sphere'?"
    ),
    ("^\\[", "[7,", "is not a list of objects"),
  ]) func damagedFilesOfObjectsAreNamed(_ text: String, _ other: String, _ answer: String) throws {
    let found = try complaint(text, with: other)
    #expect(found.contains(answer) && found.contains("objects/000001.json"), "\(found)")
  }

  @Test func everySampleNeedsItsObjects() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("set")
      try DatasetWriter(url).write(Scenes(seed: 11, count: 2, height: 48, width: 64, tasks: scenes.tasks))
      let index = url.appendingPathComponent(DatasetIndex.fileName)
      let text = try String(contentsOf: index, encoding: .utf8)
      try Data(text.replacing("\"objects\" : \"objects/000001.json\",", with: "").utf8).write(to: index)
      #expect { try DatasetFolder(url).sample(at: 1) } throws: {
        "\($0)".contains("names no file of objects for the sample '000001'")
      }
      // Other tasks need none.
      #expect(try DatasetFolder(url, tasks: ["segmentation"]).sample(at: 1).targets.count == 1)
      try Data(text.replacing("objects/000001.json", with: "../objects.json").utf8).write(to: index)
      #expect { try DatasetFolder(url) } throws: { "\($0)".contains("is no path inside of the folder") }
      #expect(try DatasetFolder(url, tasks: ["segmentation"]).count == 2)
    }
  }
}
