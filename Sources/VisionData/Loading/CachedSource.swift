import Foundation

/// Keeps the samples of another source in memory once they were asked for.
public final class CachedSource: SampleSource, @unchecked Sendable {
  private let source: any SampleSource
  private let lock = NSLock()
  private var samples: [Sample?]

  public init(_ source: any SampleSource) {
    self.source = source
    samples = [Sample?](repeating: nil, count: source.count)
  }

  public var tasks: [VisionTask] { source.tasks }
  public var count: Int { source.count }

  public func sample(at position: Int) throws -> Sample {
    if let kept = lock.withLock({ samples[position] }) { return kept }
    let sample = try source.sample(at: position)
    lock.withLock { samples[position] = sample }
    return sample
  }
}
