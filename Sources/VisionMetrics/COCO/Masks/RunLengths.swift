/// The lengths of runs of zeros and ones in turn, which grow at the end.
struct RunLengths {
  /// The first one is of zeros and may be 0; no other one is.
  private(set) var counts: [UInt32] = [0]
  /// The sum of all lengths.
  private(set) var total = 0

  /// - Parameter capacity: how many runs to make room for.
  init(capacity: Int = 0) { counts.reserveCapacity(capacity) }

  /// Whether the last run is one of ones.
  private var endsWithOnes: Bool { counts.count.isMultiple(of: 2) }

  /// Lengthens the last run, or begins another one.
  @inline(__always)
  mutating func append(_ length: Int, of value: Bool) {
    guard length > 0 else { return }
    total += length
    if value == endsWithOnes {
      counts[counts.count - 1] += UInt32(length)
    } else {
      counts.append(UInt32(length))
    }
  }
}
