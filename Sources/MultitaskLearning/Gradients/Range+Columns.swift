extension Range<Int> {
  /// The same elements, counted from another start.
  func counted(from start: Int) -> Range<Int> { (lowerBound - start)..<(upperBound - start) }

  /// Neighboring parts of at most this many elements.
  func pieces(of length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map { $0..<($0 + Swift.min(length, upperBound - $0)) }
  }
}
