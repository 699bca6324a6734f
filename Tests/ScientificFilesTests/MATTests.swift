import FileBytes
import Foundation
import ScientificFiles
import Support
import TestSupport
import Testing

@Suite struct MATTests {
  @Test(arguments: ["plain", "compressed"]) func readsWhatSciPyWrites(_ kind: String) throws {
    let (record, file) = (try Resource.expected()["mat5"], try MATFile(contentsOf: Resource.url("mat5/\(kind).mat")))
    let types: [(String, ElementType)] = [
      ("double", .float64), ("single", .float32), ("u8", .uint8), ("u16", .uint16), ("i32", .int32), ("logical", .bool),
    ]
    for (name, type) in types {
      let array = try file.array(name)
      #expect(array.elementType == type && array.shape == [3, 4], "\(name)")
      #expect(array.doubles() == record[name].doubles, "\(name)")
    }
    #expect(try file.value("text").text == record["text"].string)
    #expect(try file.array("empty").shape == record["empty_shape"].ints)
    let rank3 = try file.array("rank3")
    #expect(rank3.shape == record["rank3_shape"].ints && rank3.integers() == record["rank3_row_major"].ints)
    try check(structure: #require(try file.value("structure").fields), record["structure"])
    try check(cells: #require(try file.value("cell").cells), record["cell"])
  }

  private func check(structure: MATStructure, _ record: Reference) {
    #expect(structure.shape == record["shape"].ints && structure.count == 2)
    #expect(structure.fieldNames == record["fields"].array.map(\.string))
    #expect(structure["name"]?.map(\.text) == record["names"].array.map(\.string))
    #expect(structure["value", at: 0]?.array?.doubles() == [record["first_value"].double])
    #expect(structure["value", at: 1]?.array?.shape == record["second_value_shape"].ints)
    #expect(structure["value", at: 2] == nil && structure["nothing"] == nil && structure["nothing", at: 0] == nil)
  }

  private func check(cells: MATCells, _ record: Reference) {
    #expect(cells.shape == record["shape"].ints && cells.values.count == 3)
    #expect(cells.values.first?.text == record["text"].string)
    #expect(cells.values.dropFirst().first?.array?.doubles() == record["numbers"].doubles)
    #expect(cells.values.last?.cells?.shape == record["empty_cell_shape"].ints)
  }

  /// The parts of people in PASCAL's annotations: structures in structures, some of them empty.
  @Test func readsPASCALParts() throws {
    let file = try MATFile(
      contentsOf: Resource.url("datasets/pascal_mt__PASCAL_MT__human_parts__2008_000002.mat"))
    let annotation = try #require(try file.value("anno").fields)
    #expect(annotation["imname", at: 0]?.text == "2008_000002")
    let objects = try #require(annotation["objects", at: 0]?.fields)
    #expect(objects.shape == [1, 3] && objects["class"]?.map(\.text) == ["person", "chair", "person"])
    #expect(objects["class_ind"]?.map { $0.array?.integers() } == [[15], [9], [15]])
    #expect(objects["mask"]?.map { $0.array?.integers()?.reduce(0, +) } == [160, 100, 165])
    #expect(objects["parts"]?.map { $0.fields?.count ?? 0 } == [4, 0, 5])
    // Where there are no parts, there is an empty matrix of numbers.
    #expect(objects["parts", at: 1]?.array?.shape == [0, 0])
    let parts = try #require(objects["parts", at: 0]?.fields)
    #expect(parts["part_name", at: 0]?.text == "head")
    #expect(parts["mask", at: 0]?.array?.shape == [20, 26])
    #expect(parts["mask", at: 0]?.array?.integers()?.reduce(0, +) == 24)
  }

  @Test func readsNYUv2Tables() throws {
    let classes = try MATFile(contentsOf: Resource.url("datasets/nyuv2_official__classMapping40.mat"))
    let names = try #require(try classes.value("className").cells)
    #expect(names.shape == [1, 40] && names.values[0].text == "wall" && names.values[39].text == "otherprop")
    #expect(try classes.array("mapClass").integers()?.prefix(10) == [1, 8, 15, 22, 29, 36, 3, 10, 17, 24])
    let small = try MATFile(contentsOf: Resource.url("datasets/nyuv2_official__class13Mapping.mat"))
    let mapping = try #require(try small.value("classMapping13").fields)
    #expect(
      mapping["labels13", at: 0]?.array?.shape == [1, 40] && mapping["classNames", at: 0]?.cells?.values.count == 13)
    let splits = try MATFile(contentsOf: Resource.url("datasets/nyuv2_official__splits.mat"))
    #expect(try splits.array("trainNdxs").integers() == [2, 3] && splits.array("testNdxs").integers() == [1, 4])
  }

  @Test(arguments: [false, true], [false, true])
  func everyValueInBothByteOrders(_ isBigEndian: Bool, _ isCompressed: Bool) throws {
    var mat = MATBytes(isBigEndian: isBigEndian, isCompressed: isCompressed)
    let name = mat.matrix(class: 4, shape: [1, 2], mat.element(17, mat.number(0xD83D, 2) + mat.number(0xDE00, 2)))
    mat.variables = [
      // Doubles that are stored as shorts, column by column.
      mat.matrix("a", class: 6, shape: [2, 3], mat.shorts([1, 4, 2, 5, 3, -6])),
      mat.matrix("", class: 9, shape: [1, 1], mat.small(2, [1])),
      mat.matrix("b", class: 9, flags: 2, shape: [2, 2], mat.small(2, [0, 1, 2, 0])),
      mat.matrix("c", class: 4, shape: [2, 3], mat.element(16, Array("adbecf".utf8))),
      mat.matrix("d", class: 1, shape: [2, 2], [name, mat.element(14, []), name, name].flatMap { $0 }),
      mat.matrix(
        "e", class: 2, shape: [2, 1],
        mat.small(5, mat.number(4, 4)) + mat.element(1, Array("x\0\0\0yy\0\0".utf8)) + name + name + name
          + mat.element(14, [])),
      mat.matrix("f", class: 4, shape: [1, 1], mat.small(18, mat.number(0x1F600, 4))),
      mat.matrix("g", class: 15, shape: [1, 1], mat.element(13, mat.number(-1, 8))),
      mat.matrix("h", class: 4, shape: [1, 3], mat.small(2, [0x61, 0xE9, 0x62])),
      mat.matrix("i", class: 2, shape: [1, 1 << 20], mat.small(5, mat.number(8, 4)) + mat.element(1, [])),
    ]
    try withFile(mat.bytes) { url in
      let file = try MATFile(contentsOf: url)
      #expect(file.names == ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
      #expect(try file.array("a") == NumericArray(shape: [2, 3], elements: .float64([1, 2, 3, 4, 5, -6])))
      #expect(try file.array("b") == NumericArray(shape: [2, 2], elements: .bool([false, true, true, false])))
      #expect(try file.value("c") == .characters(["abc", "def"]) && file.value("c").text == nil)
      let cells = try #require(try file.value("d").cells)
      #expect(cells.values.map(\.text) == ["😀", "😀", nil, "😀"] && cells.values[2].array?.shape == [0, 0])
      let structure = try #require(try file.value("e").fields)
      #expect(structure.fieldNames == ["x", "yy"] && structure["yy", at: 1]?.array?.count == 0)
      #expect(structure["x"]?.map(\.text) == ["😀", "😀"])
      #expect(try file.value("f").text == "😀" && file.value("h").text == "aéb")
      #expect(try file.array("g") == NumericArray(shape: [1, 1], elements: .uint64([.max])))
      #expect(try file.value("i").fields?.count == 1 << 20)
      #expect { try file.array("c") } throws: {
        "\($0)".contains("the variable 'c' holds characters: numbers are expected")
      }
    }
  }

  @Test func whatIsNotReadSaysSo() throws {
    let mat = MATBytes()
    let nested = (0..<70).reduce(mat.matrix(class: 9, shape: [1, 1], mat.small(2, [1]))) { inner, _ in
      mat.matrix(class: 1, shape: [1, 1], inner)
    }
    let cases: [([UInt8], String)] = [
      (mat.matrix("a", class: 5, shape: [1, 1], []), "is a sparse matrix"),
      (mat.matrix("a", class: 3, shape: [1, 1], []), "is an object of a class"),
      (mat.matrix("a", class: 16, shape: [1, 1], []), "is a function"),
      (mat.matrix("a", class: 77, shape: [1, 1], []), "is of class 77"),
      (mat.matrix("a", class: 6, flags: 8, shape: [1, 1], mat.shorts([1])), "holds complex numbers"),
      (mat.matrix("a", class: 6, shape: [1, 2], mat.shorts([1])), "needs 2 numbers of 2 bytes, and 2 bytes are there"),
      (mat.matrix("a", class: 9, shape: [1, 1], mat.shorts([300])), "a number is not of its type uint8"),
      (mat.matrix("a", class: 6, shape: [1, 1], mat.element(8, [0, 0])), "numbers are stored as type 8"),
      (mat.matrix("a", class: 6, shape: [1, 1], []), "it ends where numbers should follow"),
      (
        mat.matrix("a", class: 1, shape: [1 << 30, 1 << 20], []),
        "values of 1 fields should follow, where 0 bytes are left"
      ),
      (
        mat.matrix("a", class: 2, shape: [1 << 30, 1 << 20], mat.small(5, mat.number(1, 4)) + mat.element(1, [65])),
        "values of 1 fields should follow"
      ),
      (mat.matrix("a", class: 1, shape: [1, 1], mat.shorts([1])), "type 3 where a value should be"),
      (mat.matrix("a", class: 2, shape: [1, 1], mat.small(5, mat.number(0, 4)) + mat.element(1, [65])), "do not fill"),
      (
        mat.matrix("a", class: 2, shape: [1, 1], mat.small(5, mat.number(1, 4)) + mat.element(1, [65, 65])),
        "two fields have one name"
      ),
      (mat.matrix("a", class: 4, shape: [2, 2], mat.small(16, [65])), "needs 4 characters, and 1 are there"),
      (mat.matrix("a", class: 1, shape: [1, 1], nested), "more than 64 deep"),
    ]
    for (variable, reason) in cases {
      for isCompressed in [false, true] {
        var file = mat
        (file.variables, file.isCompressed) = ([variable], isCompressed)
        #expect("\(reason)") { try withFile(file.bytes) { try MATFile(contentsOf: $0).value("a") } } throws: {
          $0 is FileError && "\($0)".contains("/file: the variable 'a' ") && "\($0)".contains(reason)
        }
      }
    }
  }

  @Test func shapesThatAreNoneAreErrors() throws {
    let mat = MATBytes()
    for shape in [[], [1], [-1, 1], [1 << 31 - 1, 1 << 31 - 1, 1 << 31 - 1, 0]] {
      var file = mat
      file.variables = [mat.matrix("a", class: 6, shape: shape, [])]
      #expect(throws: FileError.self, "\(shape)") { try withFile(file.bytes) { try MATFile(contentsOf: $0) } }
    }
  }

  @Test(arguments: ["plain", "compressed"]) func filesThatAreCutOffAreErrors(_ kind: String) throws {
    let bytes = try Resource.bytes("mat5/\(kind).mat")
    var wholeCount = 0
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("file.mat")
      for count in 1..<bytes.count {
        try Data(bytes[..<count]).write(to: url)
        do {
          let file = try MATFile(contentsOf: url)
          for name in file.names { _ = try file.value(name) }
          wholeCount += 1
        } catch { #expect(error is FileError, "\(error)") }
      }
    }
    // Between two variables, and within the zeros that fill up the last element, nothing is missing.
    #expect(wholeCount < 40)
  }

  @Test func otherFilesAreNone() throws {
    let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    let cases: [([UInt8], String)] = [
      (Array("MATLAB 5.0".utf8), "ends early"),
      ([UInt8](repeating: 0, count: 200), "is not a MATLAB file of version 5"),
      (hdf5, "HDF5"), ([UInt8](repeating: 0, count: 512) + hdf5, "HDF5"),
    ]
    for (bytes, reason) in cases {
      #expect("\(reason)") { try withFile(bytes) { try MATFile(contentsOf: $0) } } throws: {
        $0 is FileError && "\($0)".contains(reason)
      }
    }
  }
}
