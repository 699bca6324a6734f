import FileBytes
import Foundation
import ScientificFiles
import Support

/// Arrays in npy files: whole files that are damaged, or headers whose length is right.
struct NPYSubject: Subject {
  static let name = "npy"

  static let corpus = [
    NPYBytes(description: "<f4", shape: "(2, 3)", content: (0..<24).map { UInt8($0 * 9) }),
    NPYBytes(version: 2, description: ">f8", shape: "(3, 1, 2)", isFortran: true, content: (0..<48).map { UInt8($0) }),
    NPYBytes(version: 3, description: "|b1", shape: "(4,)", content: [0, 1, 2, 255]),
    NPYBytes(description: ">u2", shape: "()", content: [1, 2]),
    NPYBytes(description: "<i8", shape: "(0, 3)", content: []),
    NPYBytes(description: "<f2", shape: "(2, 2)", isFortran: true, content: [0, 60, 0, 64, 0, 66, 1, 252]),
    NPYBytes(description: "|O", shape: "(1,)", content: [0x80, 4, 0x4E, 0x2E]),
  ]
  private static let files = corpus.map(\.bytes)
  private static let damage = TextDamage.json(corpus.map(\.header))

  private let file: URL

  init(in folder: URL) throws { file = folder.appendingPathComponent("array.npy") }

  func input(using generator: inout SeededGenerator) -> [UInt8] { Self.damaged(using: &generator) }

  static func damaged(using generator: inout SeededGenerator) -> [UInt8] {
    guard Int.random(in: 0..<3, using: &generator) > 0 else {
      return Damage.bytes(files.randomElement(using: &generator)!, others: files, using: &generator)
    }
    var npy = corpus.randomElement(using: &generator)!
    npy.header = damage(npy.header, using: &generator)
    return npy.bytes
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: file)
    let npy = try NPYFile(contentsOf: file)
    let array = try npy.array()
    guard array.shape == npy.shape, array.elementType == npy.elementType else { throw Violation("two shapes") }
    try ArrayCheck.use(array, bytesAtMost: input.count)
  }
}

/// Archives of arrays: entries that are damaged but whose checksums are right, or damaged bytes.
struct NPZSubject: Subject {
  static let name = "npz"

  private let file: URL
  private let corpus: [[UInt8]]

  init(in folder: URL) throws {
    file = folder.appendingPathComponent("arrays.npz")
    corpus = [false, true].flatMap { isZip64 in
      [0, 8].map { method in
        var zip = ZipBytes(
          NPYSubject.corpus.prefix(3).enumerated().map {
            ZipBytes.Entry(name: "a\($0.offset).npy", content: $0.element.bytes, method: method)
          })
        zip.isZip64 = isZip64
        return zip.bytes
      }
    }
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    guard Bool.random(using: &generator) else {
      return Damage.bytes(corpus.randomElement(using: &generator)!, others: corpus, using: &generator)
    }
    var zip = ZipBytes(
      (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        ZipBytes.Entry(
          name: ["a.npy", "b.npy", "read.me"].randomElement(using: &generator)!,
          content: NPYSubject.damaged(using: &generator), method: [0, 8].randomElement(using: &generator)!)
      })
    zip.isZip64 = Bool.random(using: &generator)
    return zip.bytes
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: file)
    let npz = try NPZFile(contentsOf: file)
    var refusal: (any Error)?
    for name in npz.names {
      // Each by itself, so that one that is refused keeps the others from nothing.
      do { try ArrayCheck.use(try npz.array(name), bytesAtMost: ArrayCheck.mostInflated(input.count)) } catch {
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
  }
}

/// MATLAB files: variables that are damaged, plain or compressed with the right checksum, or damaged bytes.
struct MATSubject: Subject {
  static let name = "mat"

  private let file: URL
  private let corpus: [MATBytes]
  private let files: [[UInt8]]

  init(in folder: URL) throws {
    file = folder.appendingPathComponent("variables.mat")
    corpus = [false, true].flatMap { isBigEndian in
      [false, true].map {
        MATBytes(
          isBigEndian: isBigEndian, isCompressed: $0, variables: Self.variables(MATBytes(isBigEndian: isBigEndian)))
      }
    }
    files = corpus.map(\.bytes)
  }

  /// Of every kind.
  private static func variables(_ mat: MATBytes) -> [[UInt8]] {
    let text = mat.matrix(class: 4, shape: [1, 2], mat.element(17, mat.number(0xD83D, 2) + mat.number(0xDE00, 2)))
    let fields = mat.small(5, mat.number(4, 4)) + mat.element(1, Array("x\0\0\0yy\0\0".utf8))
    let structure = mat.matrix(class: 2, shape: [1, 1], fields + text + mat.element(14, []))
    return [
      mat.matrix("a", class: 6, shape: [2, 3], mat.shorts([1, 4, 2, 5, 3, -6])),
      mat.matrix("b", class: 9, flags: 2, shape: [2, 2], mat.small(2, [0, 1, 2, 0])),
      mat.matrix("c", class: 4, shape: [2, 3], mat.element(16, Array("adbecf".utf8))),
      mat.matrix("d", class: 1, shape: [2, 2], text + mat.element(14, []) + structure + text),
      mat.matrix("e", class: 2, shape: [2, 1], fields + text + text + structure + mat.element(14, [])),
      mat.matrix("f", class: 13, shape: [3, 1, 2], mat.element(6, (0..<6).flatMap { mat.number($0 << 28, 4) })),
      mat.matrix("g", class: 4, shape: [1, 1], mat.small(18, mat.number(0x1F600, 4))),
      mat.matrix("h", class: 7, shape: [2, 2], mat.element(7, (0..<16).map { $0 * 17 })),
    ]
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    guard Int.random(in: 0..<4, using: &generator) > 0 else {
      return Damage.bytes(files.randomElement(using: &generator)!, others: files, using: &generator)
    }
    var mat = corpus.randomElement(using: &generator)!
    let place = Int.random(in: mat.variables.indices, using: &generator)
    mat.variables[place] = Damage.bytes(mat.variables[place], others: mat.variables, using: &generator)
    return mat.bytes
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: file)
    let mat = try MATFile(contentsOf: file)
    var refusal: (any Error)?
    for name in mat.names {
      do { try use(try mat.value(name), ArrayCheck.mostInflated(input.count)) } catch { refusal = refusal ?? error }
    }
    if let refusal { throw refusal }
  }

  private func use(_ value: MATValue, _ byteCount: Int) throws {
    switch value {
    case .numeric(let array): try ArrayCheck.use(array, bytesAtMost: 8 * byteCount)
    case .characters(let rows): guard rows.count <= byteCount else { throw Violation("\(rows.count) rows of text") }
    case .cell(let cells): for value in cells.values { try use(value, byteCount) }
    case .structure(let structure):
      for name in structure.fieldNames { for value in structure[name]! { try use(value, byteCount) } }
    }
  }
}

/// What holds of every array that was read.
enum ArrayCheck {
  static func use(_ array: NumericArray, bytesAtMost limit: Int) throws {
    guard array.count * array.elementType.byteCount <= limit else {
      throw Violation("\(array.count) elements of \(array.elementType) from \(limit) bytes")
    }
    guard array.floats().count == array.count, array.doubles().count == array.count else {
      throw Violation("numbers are lost")
    }
    if let integers = array.integers(), integers.map({ Double($0) }) != array.doubles() {
      throw Violation("integers are other numbers")
    }
  }

  /// Deflate makes no more of its input.
  static func mostInflated(_ count: Int) -> Int { 1032 * count }
}
