import Support

/// A source of some consecutive samples of another source.
public struct SampleRange: SampleSource {
  private let source: any SampleSource
  private let range: Range<Int>

  /// Creates a source of a range of samples. A range outside of the source stops the process.
  ///
  /// - Parameters:
  ///   - source: the source of the samples.
  ///   - range: the samples' positions in the source.
  public init(_ source: any SampleSource, _ range: Range<Int>) {
    require(
      range.lowerBound >= 0 && range.upperBound <= source.count, "\(range) lies outside of \(source.count) samples")
    self.source = source
    self.range = range
  }

  /// The tasks of the source.
  public var tasks: [VisionTask] { source.tasks }
  /// The number of samples in the range.
  public var count: Int { range.count }
  /// Returns the sample at a position within the range.
  ///
  /// - Throws: the error of the source, if it could not give the sample.
  public func sample(at position: Int) throws -> Sample { try source.sample(at: range.lowerBound + position) }
}
