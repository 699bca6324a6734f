/// A data set that gives its samples by position, on any thread.
public protocol SampleSource: Sendable {
  /// The tasks whose ground truth the samples have.
  var tasks: [VisionTask] { get }
  /// The number of samples.
  var count: Int { get }

  /// Returns the sample at a position, from 0 to below ``count``.
  ///
  /// - Throws: `FileError` (Support) when a file is missing or damaged.
  func sample(at position: Int) throws -> Sample
}
