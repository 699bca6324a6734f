import Support

/// Ways to damage bytes.
enum Damage {
  private static let numbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  /// One to four changes, mostly few.
  static func bytes(_ input: [UInt8], others: [[UInt8]], using generator: inout SeededGenerator) -> [UInt8] {
    repeated(input, using: &generator) { change(&$0, others, using: &$1) }
  }

  /// Applies one to four changes, mostly few.
  static func repeated(
    _ input: [UInt8], using generator: inout SeededGenerator,
    _ change: (inout [UInt8], inout SeededGenerator) -> Void
  ) -> [UInt8] {
    var bytes = input
    repeat { change(&bytes, &generator) } while bytes.count < 65_536 && Int.random(in: 0..<2, using: &generator) == 0
    return bytes
  }

  static func change(_ bytes: inout [UInt8], _ others: [[UInt8]], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else {
      bytes = others.randomElement(using: &generator) ?? []
      return
    }
    let place = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[place] = .random(in: 0...255, using: &generator)
    case 3: writeNumber(in: &bytes, at: place, using: &generator)
    case 4: bytes.removeSubrange(range(in: bytes, from: place, using: &generator))
    case 5: bytes.insert(contentsOf: bytes[range(in: bytes, from: place, using: &generator)], at: place)
    case 6: bytes.insert(contentsOf: (0..<4).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: place)
    case 7: bytes.removeSubrange(place...)
    default: splice(&bytes, others, at: place, using: &generator)
    }
  }

  /// The start of one and the end of another.
  static func splice(
    _ bytes: inout [UInt8], _ others: [[UInt8]], at place: Int, using generator: inout SeededGenerator
  ) {
    guard let other = others.randomElement(using: &generator), !other.isEmpty else { return }
    bytes.replaceSubrange(place..., with: other[Int.random(in: other.indices, using: &generator)...])
  }

  private static func writeNumber(in bytes: inout [UInt8], at place: Int, using generator: inout SeededGenerator) {
    let width = [1, 2, 4, 8].randomElement(using: &generator)!
    let number = numbers.randomElement(using: &generator)!
    let isBig = Bool.random(using: &generator)
    for index in 0..<min(width, bytes.count - place) {
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (isBig ? width - 1 - index : index)))
    }
  }

  private static func range(
    in bytes: [UInt8], from place: Int, using generator: inout SeededGenerator
  ) -> Range<Int> {
    let longest = Bool.random(using: &generator) ? 8 : bytes.count
    return place..<min(bytes.count, place + Int.random(in: 1...longest, using: &generator))
  }
}
