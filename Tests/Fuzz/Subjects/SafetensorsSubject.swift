import Foundation
import Support
import Torch

/// Tensors in a file.
struct SafetensorsSubject: Subject {
  static let name = "safetensors"

  private let file: URL
  private let corpus: [[UInt8]]
  private let header: TextDamage

  init(in folder: URL) throws {
    let file = folder.appendingPathComponent("tensors.safetensors")
    let generator = RandomGenerator(seed: 1)
    let contents: [(tensors: [(String, Tensor)], metadata: [String: String])] = [
      ([("a", generator.normal([2, 3]))], [:]),
      (
        [
          ("weight", generator.normal([3, 1, 2])), ("bias", .zeros([4], dtype: .int64)),
          ("flag", .zeros([5], dtype: .bool)),
        ],
        ["format": "pt"]
      ),
      ([("empty", .zeros([0, 3])), ("scalar", .zeros([])), ("half", .zeros([3], dtype: .bfloat16))], ["é": "\"\\\n"]),
    ]
    let corpus = try contents.map { tensors, metadata in
      try Safetensors.write(tensors, metadata: metadata, to: file)
      return [UInt8](try Data(contentsOf: file))
    }
    (self.file, self.corpus) = (file, corpus)
    header = TextDamage.json(corpus.map { [UInt8](Self.parts($0).header) })
  }

  private static func parts(_ file: [UInt8]) -> (header: ArraySlice<UInt8>, data: ArraySlice<UInt8>) {
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return (file[8..<(8 + length)], file[(8 + length)...])
  }

  func input(using generator: inout SeededGenerator) -> [UInt8] {
    let original = corpus.randomElement(using: &generator)!
    guard Int.random(in: 0..<4, using: &generator) > 0 else {
      return Damage.bytes(original, others: corpus, using: &generator)
    }
    // A header whose length is right, so that its content matters.
    let (header, data) = Self.parts(original)
    let damaged = self.header([UInt8](header), using: &generator)
    return (0..<8).map { UInt8(truncatingIfNeeded: damaged.count >> ($0 * 8)) } + damaged + data
  }

  func read(_ input: [UInt8]) throws {
    try input.write(to: file)
    let tensors = try SafetensorsFile(contentsOf: file)
    var byteCount = 0
    for name in tensors.names {
      byteCount += try tensors.bytes(of: name).count
      guard let shape = tensors.shape(of: name) else { throw Violation("'\(name)' has no shape") }
      guard let tensor = try? tensors.tensor(name) else { continue }
      guard tensor.shape.count == shape.count else { throw Violation("'\(name)' has two shapes") }
      _ = tensor.signature
      if tensor.count > 0, [.float32, .int64, .bfloat16].contains(tensor.dtype) { _ = tensor.to(.float64).sum().item }
    }
    guard byteCount <= input.count else { throw Violation("\(byteCount) bytes of tensors in \(input.count)") }
  }
}
