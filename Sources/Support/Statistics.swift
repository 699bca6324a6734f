extension Collection<Double> {
  /// The mean; nil of no numbers.
  public var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

  /// The number in the middle of their order, or the mean of the two there; nil of no numbers.
  ///
  /// - Complexity: O(n log n).
  public var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

extension Range<Int> {
  /// The pairs of different numbers in the range, the larger one first, in the order (1, 0), (2, 0), (2, 1), ….
  public var pairs: [(Int, Int)] { flatMap { i in (lowerBound..<i).map { (i, $0) } } }
}
