import Foundation

/// A source that keeps the samples of another one in memory once they were asked for, as long as there is room; those
/// that do not fit are read again.
///
/// A kept sample takes as many bytes as its files' values need, and comes back to the bit.
public final class CachedSource: SampleSource, @unchecked Sendable {
  private let source: any SampleSource
  private let budget: CacheBudget
  private let lock = NSLock()
  private var samples: [PackedSample?]

  /// Creates a cache that holds nothing yet.
  ///
  /// - Parameters:
  ///   - source: the source of the samples.
  ///   - budget: the memory that the cache may take; other caches may take from the same budget.
  public init(_ source: any SampleSource, budget: CacheBudget = .machine) {
    self.source = source
    self.budget = budget
    samples = [PackedSample?](repeating: nil, count: source.count)
  }

  /// The tasks of the source.
  public var tasks: [VisionTask] { source.tasks }
  /// The number of the source's samples.
  public var count: Int { source.count }

  /// Returns the sample at a position, from memory if it is there.
  ///
  /// - Throws: the error of the source, if it could not give the sample.
  public func sample(at position: Int) throws -> Sample {
    if let kept = lock.withLock({ samples[position] }) { return kept.sample }
    let sample = try source.sample(at: position)
    guard budget.hasRoom else { return sample }
    let packed = PackedSample(sample)
    lock.withLock {
      // Another thread may have been faster.
      if samples[position] == nil, budget.take(packed.byteCount) { samples[position] = packed }
    }
    return sample
  }

  /// How many bytes all samples would take, if each took as many as the first one does; zero for a source without
  /// samples.
  ///
  /// - Throws: the error of the source, if it could not give the first sample.
  public func expectedByteCount() throws -> Int {
    guard count > 0 else { return 0 }
    return PackedSample(try sample(at: 0)).byteCount * count
  }
}
