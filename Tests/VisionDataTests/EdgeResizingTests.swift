import Support
import Testing
import VisionData

/// Lines one pixel wide, in other sizes.
@Suite struct EdgeResizingTests {
  /// Rows of characters: `1`, `0`, and `?` for unknown.
  private func map(_ rows: [String], _ content: MapContent = .lines) -> DenseMap {
    let pixels = rows.flatMap { Array($0) }
    return DenseMap(
      content,
      PixelMap(
        channels: 1, height: rows.count, width: rows[0].count, values: pixels.map { $0 == "1" ? 1 : 0 }),
      known: PixelMask(height: rows.count, width: rows[0].count, values: pixels.map { $0 != "?" }))
  }

  private func rows(_ map: DenseMap) -> [String] {
    (0..<map.height).map { row in
      (0..<map.width).map { column in
        map.isKnown(row: row, column: column) ? map.values[0, row, column] == 1 ? "1" : "0" : "?"
      }.joined()
    }
  }

  private func sample(_ target: DenseMap) -> Sample {
    Sample(
      image: PixelMap(channels: 3, height: target.height, width: target.width), targets: ["task": .map(target)])
  }

  @Test func aPixelIsYesIfAnyOfItsBlockIs() {
    #expect(rows(map(["0100", "0000", "0000", "0001"]).applying(.resize(height: 2, width: 2))) == ["10", "01"])
    // Yes beats unknown; unknown beats no.
    #expect(rows(map(["1?", "??"]).applying(.resize(height: 1, width: 1))) == ["1"])
    #expect(rows(map(["0?", "00"]).applying(.resize(height: 1, width: 1))) == ["?"])
    #expect(rows(map(["??", "??"]).applying(.resize(height: 1, width: 1))) == ["?"])
    #expect(rows(map(["00", "00"]).applying(.resize(height: 1, width: 1))) == ["0"])
  }

  @Test func growingTakesTheNearest() {
    let small = map(["01?", "100"])
    let nearest = map(["0011??", "0011??", "110000", "110000"])
    #expect(small.applying(.resize(height: 4, width: 6)) == nearest)
    #expect(small.applying(.resize(height: 2, width: 3)) == small)
    #expect(rows(small.applying(.resize(height: 1, width: 6))) == ["1111??"])
  }

  /// Each line is in one place before and after, whatever the sizes.
  @Test func linesStayLines() {
    for old in [7, 32, 33, 100] {
      for new in 1...old {
        for position in [0, old / 3, old - 1] {
          let line = map((0..<old).map { $0 == position ? "1" : "0" })
          let shrunk = line.applying(.resize(height: new, width: 1))
          #expect(
            shrunk.values.values.count == new && shrunk.values.values.count { $0 == 1 } == 1,
            "\(position) of \(old) in \(new)")
        }
      }
    }
  }

  @Test(arguments: [[16, 16], [12, 20], [16, 64]])
  func bothTransformsKeepLines(_ size: [Int]) {
    let lines = map((0..<32).map { row in String((0..<32).map { row == 13 || $0 == 21 ? "1" : "0" }) })
    var generator = SeededGenerator(seed: 1)
    let rescaled = Rescale(height: size[0], width: size[1])(sample(lines), using: &generator)
    let scaled = RandomScale(0.25...0.25)(sample(lines), using: &generator)
    for target in [rescaled, scaled].map({ $0.targets["task"]!.map!.values }) {
      #expect((0..<target.height).contains { row in (0..<target.width).allSatisfy { target[0, row, $0] == 1 } })
      #expect((0..<target.width).contains { column in (0..<target.height).allSatisfy { target[0, $0, column] == 1 } })
    }
    // What is no line is as it was.
    let regions = DenseMap(.regions, lines.values)
    let region = Rescale(height: 16, width: 16)(sample(regions), using: &generator)
    #expect(region.targets["task"]?.map?.values == lines.values.resizedNearest(height: 16, width: 16))
  }
}
