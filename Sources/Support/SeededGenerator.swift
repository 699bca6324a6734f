/// Random numbers from a seed: the same on every machine, with a state that fits into a checkpoint.
///
/// - Source: Steele et al., *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014 (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Codable, Sendable {
  private var counter: UInt64

  /// A sequence for a seed.
  public init(seed: UInt64) { counter = seed }

  /// A sequence of its own for every combination of keys.
  public init(keys: UInt64...) {
    counter = keys.reduce(0) { Self.mix($0 &+ Self.step) ^ Self.mix($1 &+ 0xD1B5_4A32_D192_ED03) }
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    counter &+= Self.step
    return Self.mix(counter)
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
