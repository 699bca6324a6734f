import Support
import Testing

@Suite struct VectorTests {
  @Test func arithmeticIsElementByElement() {
    let (a, b): (Vector, Vector) = ([1, -2, 3], [4, 5, -6])
    #expect(a + b == [5, 3, -3] && a - b == [-3, -7, 9] && a * b == [4, -10, -18] && b / a == [4, -2.5, -2])
    #expect(
      2 * a == [2, -4, 6] && a * 2 == 2 * a && a / 2 == [0.5, -1, 1.5] && 6 / a == [6, -3, 2] && -a == [-1, 2, -3])
    #expect(a.sum == 2 && a.dot(b) == -24 && Vector([3, 4]).norm == 5 && a.magnitudes == [1, 2, 3])
    #expect(Vector(zeros: 2) == [0, 0] && Vector(ones: 2) == [1, 1] && Vector(zeros: 0).sum == 0)
    var c = a
    c += b
    c[0] = 9
    #expect(c == [9, 3, -3] && c.count == 3 && "\(c)" == "[9.0, 3.0, -3.0]")
  }

  @Test func vectorsOfDifferentLengthsStopTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Vector([1, 2]) + Vector([1, 2, 3])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("vectors of 2 and 3 elements"))
  }

  @Test func meansAndMedians() {
    #expect([3.0, 1, 2].median == 2 && [4.0, 1, 3, 2].median == 2.5 && [Double]().median == nil)
    #expect([1.0, 2].mean == 1.5 && [Double]().mean == nil)
    #expect((0..<3).pairs.map { [$0.0, $0.1] } == [[1, 0], [2, 0], [2, 1]] && (0..<1).pairs.isEmpty)
  }
}

@Suite struct OpenRegistryTests {
  private struct Fruit: Registered {
    let name: String
    var alias: String?
  }

  @Test func entriesAreFoundByNameAndAlias() throws {
    let fruits = Registry("fruit", [Fruit(name: "apple"), Fruit(name: "pineapple", alias: "ananas")])
    try fruits.add(Fruit(name: "pear"))
    #expect(fruits.map(\.name) == ["apple", "pineapple", "pear"])
    #expect(fruits.entry("ananas")?.name == "pineapple" && fruits.entry("plum") == nil)
    #expect { try fruits.require("peer") } throws: { "\($0)".contains("unknown fruit 'peer'. Did you mean 'pear'?") }
  }

  @Test func aNameMeansOneEntry() throws {
    let names = RegisteredNames()
    let fruits = Registry("fruit", [Fruit(name: "apple")], names: names)
    let colors = Registry("color", [Fruit(name: "orange", alias: "amber")], names: names)
    for name in ["apple", "orange", "amber"] {
      let title = name == "apple" ? "fruit" : "color"
      for registry in [fruits, colors] {
        #expect { try registry.add(Fruit(name: name)) } throws: {
          "\($0)" == "'\(name)' names one \(title) already: the second entry needs another name"
        }
      }
    }
    // An entry whose alias is taken leaves its name free.
    #expect(throws: RegistryError.self) { try fruits.add(Fruit(name: "plum", alias: "apple")) }
    try colors.add(Fruit(name: "plum"))
    #expect(throws: RegistryError.self) { try fruits.add(Fruit(name: "fig", alias: "fig")) }
    #expect(throws: RegistryError.self) { try fruits.add(Fruit(name: "sour+sweet")) }
    #expect(fruits.names == ["apple"] && colors.names == ["orange", "amber", "plum"])
  }
}
