import Support

/// Some consecutive samples of a source.
public struct SampleRange: SampleSource {
  private let source: any SampleSource
  private let range: Range<Int>

  /// - Parameter range: of the source's positions.
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
  /// The sample at a position within the range.
  public func sample(at position: Int) throws -> Sample { try source.sample(at: range.lowerBound + position) }
}
