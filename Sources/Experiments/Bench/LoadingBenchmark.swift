import Foundation
import VisionData

/// A measurement of reading samples from files, and changing them as a training does.
///
/// Its peer is `Benchmarks/peers/loading.py`, which reads the same files.
public final class LoadingBenchmark {
  private let source: any SampleSource
  private let transforms: [any Transform]
  private let batchSize: Int
  private let threads: Int
  private var seed: UInt64 = 0

  /// The number of samples of a round: all of the folder.
  public var sampleCount: Int { source.count }

  /// Opens a folder in this software's format.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - crop: the height and width of random crops in pixels; nil if samples stay whole.
  ///   - batchSize: the number of samples in a batch.
  ///   - threads: the number of threads that prepare batches.
  /// - Throws: `FileError` (Support) for a folder that is no data set.
  public init(_ folder: URL, crop: (height: Int, width: Int)?, batchSize: Int, threads: Int) throws {
    source = try DatasetFolder(folder)
    let crops: [any Transform] = crop.map { [RandomCrop(height: $0.height, width: $0.width)] } ?? []
    transforms = crops + [RandomFlip(), Normalization.imageNet]
    self.batchSize = batchSize
    self.threads = threads
  }

  /// Loads the batches of an epoch, and returns the seconds for one sample.
  ///
  /// - Throws: what reading a sample throws.
  public func measure() throws -> [Double] {
    seed += 1
    let batchCount = source.count / batchSize
    let start = ContinuousClock.now
    let loader = BatchLoader(
      source, tasks: source.tasks, transforms: transforms, batchSize: batchSize, seed: seed, endBatch: batchCount,
      threads: threads)
    for _ in 0..<batchCount { _ = try loader.next() }
    loader.close()
    return [(ContinuousClock.now - start) / .seconds(1) / Double(batchCount * batchSize)]
  }
}
