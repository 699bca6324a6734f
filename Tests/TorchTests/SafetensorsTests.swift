import Foundation
import Support
import TestSupport
import Testing
import Torch

@Suite struct SafetensorsTests {
  private let resources = Bundle.module.bundleURL.appendingPathComponent("Resources/safetensors")

  @Test func readsEveryTypeOfTheReference() throws {
    let expected = try Reference(contentsOf: resources.appendingPathComponent("expected.json"))
    let file = try SafetensorsFile(contentsOf: resources.appendingPathComponent("mixed.safetensors"))
    #expect(Set(file.names) == Set(expected["tensors"].keys))
    for (key, value) in expected["metadata"].value as! [String: String] { #expect(file.metadata[key] == value) }
    for name in file.names {
      let record = expected["tensors"][name]
      let tensor = try file.tensor(name)
      #expect(tensor.shape == record["shape"].ints, "\(name)")
      if record.has("values_as_strings") {
        #expect(tensor.array(of: Int.self) == record["values_as_strings"].array.map { Int($0.string)! })
        continue
      }
      let values: [Double] = tensor.array()
      #expect(values.count == record["values"].array.count, "\(name)")
      for (found, value) in zip(values, record["values"].array) {
        let expected = (value.value as? String).map { Double($0)! } ?? value.double
        #expect(found == expected || (found.isNaN && expected.isNaN), "\(name): \(found), not \(expected)")
      }
    }
  }

  @Test func refusesEveryMalformedFile() throws {
    let expected = try Reference(contentsOf: resources.appendingPathComponent("expected.json"))
    #expect(expected["malformed"].keys.count >= 10)
    for name in expected["malformed"].keys {
      let url = resources.appendingPathComponent(name)
      #expect("\(name)") { try SafetensorsFile(contentsOf: url) } throws: { error in
        "\(error)".contains(url.path) && error is FileError
      }
    }
  }

  @Test func writesAndReadsEveryType() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("all.safetensors")
      let bits = RandomGenerator(seed: 1).uniform([16], in: 0..<4)
      let types = DType.allCases.filter { ![.float4e2m1x2, .complex64, .float8e8m0].contains($0) }
      try Safetensors.write(
        types.map { ("\($0)", bits.to($0)) } + [("scalar", Tensor(scalar: 3 as Float)), ("empty", .zeros([0, 3]))],
        metadata: ["ünïcode": "✓"], to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.metadata == ["ünïcode": "✓"])
      for type in types {
        let tensor = try file.tensor("\(type)")
        #expect(tensor.dtype == type)
        #expect(tensor.to(.float64).array(of: Double.self) == bits.to(type).to(.float64).array(of: Double.self))
      }
      #expect(try file.tensor("scalar").item == 3)
      #expect(try file.tensor("empty").shape == [0, 3])
    }
  }

  @Test func tensorsOutliveTheFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      try Safetensors.write([("x", Tensor([1, 2, 3] as [Float]))], to: url)
      let tensor = try SafetensorsFile(contentsOf: url).tensor("x")
      try FileManager.default.removeItem(at: url)
      tensor.multiply(inPlace: 2)
      #expect(tensor.array(of: Float.self) == [2, 4, 6])
    }
  }

  /// Changes, cuts and extends a true file at random: the reader gives tensors or an error, never more.
  @Test func survivesDamage() throws {
    let original = try Data(contentsOf: resources.appendingPathComponent("mixed.safetensors"))
    var generator = SeededGenerator(seed: 11)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("damaged.safetensors")
      for round in 0..<1500 {
        var bytes = original
        switch round % 3 {
        case 0: bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
        case 1:
          // Mostly in the header, where it hurts.
          for _ in 0..<Int.random(in: 1...4, using: &generator) {
            bytes[Int.random(in: 0..<min(bytes.count, 1200), using: &generator)] = .random(
              in: 0...255, using: &generator)
          }
        default: bytes.append(contentsOf: [UInt8](repeating: 1, count: .random(in: 1...9, using: &generator)))
        }
        try bytes.write(to: url)
        do {
          let file = try SafetensorsFile(contentsOf: url)
          for name in file.names { _ = try file.tensor(name).to(.float64).sum().item }
        } catch is FileError {}
      }
    }
  }

  @Test func missingAndEmptyFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("none.safetensors")
      #expect { try SafetensorsFile(contentsOf: missing) } throws: { "\($0)".contains(missing.path) }
      let empty = folder.appendingPathComponent("empty.safetensors")
      try Data().write(to: empty)
      #expect { try SafetensorsFile(contentsOf: empty) } throws: { "\($0)".contains("empty") }
      #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: folder) }
    }
  }

  @Test func aFailedWriteKeepsTheFileThatWasThere() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("kept")
      try AtomicFile.write(Data("first".utf8), to: url)
      struct Failure: Error {}
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: url) { file in
          try Data("half".utf8).withUnsafeBytes { try file.write($0) }
          throw Failure()
        }
      }
      #expect(try String(contentsOf: url, encoding: .utf8) == "first")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept"])
    }
  }
}
