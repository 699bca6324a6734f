extension Range<Int> {
  /// Neighbouring parts of at most this many elements.
  func pieces(of length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map { $0..<($0 + Swift.min(length, upperBound - $0)) }
  }
}
