/// A data set whose samples can be had by position, from any thread.
public protocol SampleSource: Sendable {
  var tasks: [VisionTask] { get }
  var count: Int { get }

  /// - Throws: `FileError` (Support) when a file is missing or damaged.
  func sample(at position: Int) throws -> Sample
}
