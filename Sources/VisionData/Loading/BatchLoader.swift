import Foundation
import Support
import Torch

/// Prepares batches on background threads while training goes on.
///
/// Batch n is the same for every number of threads, and whichever batch was the first to be asked for: the order
/// of an epoch comes from the seed and the epoch's number, every random change of a sample from the seed, the
/// epoch and the sample's place in it. So a resumed run goes on with exactly the batches that it would have had.
public final class BatchLoader: @unchecked Sendable {
  private let source: any SampleSource
  private let tasks: [VisionTask]
  private let transforms: [any Transform]
  private let batchSize: Int
  private let seed: UInt64
  private let isShuffled: Bool

  private let condition = NSCondition()
  private let prefetchCount: Int
  private let endBatch: Int?
  private var ready: [Int: Result<Batch, any Error>] = [:]
  private var nextToPrepare: Int
  private var nextToDeliver: Int
  private var isClosed = false
  private var orders: [Int: [Int]] = [:]

  /// Seconds that the consumer has waited for batches so far.
  public private(set) var waitedSeconds = 0.0

  /// Creates a loader, whose threads begin at once. A source without samples or a batch size of zero stops the process.
  ///
  /// - Parameters:
  ///   - source: the samples.
  ///   - tasks: the tasks whose ground truth is wanted.
  ///   - transforms: the changes of each sample, in their order.
  ///   - batchSize: the number of samples in a batch.
  ///   - seed: the seed of the order of samples and of their random changes.
  ///   - isShuffled: whether each epoch has an order of its own; otherwise samples come in the order of the source.
  ///   - firstBatch: the number of the first batch to deliver.
  ///   - endBatch: the number after that of the last batch; nil if the loader goes on until it is closed.
  ///   - threads: the number of threads that prepare batches.
  ///   - prefetchCount: the most batches that are prepared before they are asked for.
  public init(
    _ source: any SampleSource, tasks: [VisionTask], transforms: [any Transform], batchSize: Int, seed: UInt64,
    isShuffled: Bool = true, firstBatch: Int = 0, endBatch: Int? = nil, threads: Int = 2, prefetchCount: Int = 4
  ) {
    require(batchSize > 0 && source.count > 0, "a loader needs samples and a batch size above zero")
    self.source = source
    self.tasks = tasks
    self.transforms = transforms
    self.batchSize = batchSize
    self.seed = seed
    self.isShuffled = isShuffled
    self.prefetchCount = prefetchCount
    self.endBatch = endBatch
    nextToPrepare = firstBatch
    nextToDeliver = firstBatch
    for _ in 0..<max(1, threads) {
      // A thread holds the loader only while it works, so that a loader that is not needed any more can go.
      let thread = Thread { [weak self] in
        while true {
          guard let loader = self else { return }
          switch loader.takeWork() {
          case .prepare(let batch): loader.finish(batch, Result { try loader.prepare(batch) })
          case .lookAgain: continue
          case .stop: return
          }
        }
      }
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  /// The number of batches in one pass over the data. Without shuffling, the last one may be smaller; with shuffling,
  /// what does not fill a batch is left out, unless it is all that there is.
  public static func batchesPerEpoch(sampleCount: Int, batchSize: Int, isShuffled: Bool) -> Int {
    isShuffled ? max(1, sampleCount / batchSize) : (sampleCount + batchSize - 1) / batchSize
  }

  /// The number of batches in one pass over the data.
  public var batchesPerEpoch: Int {
    Self.batchesPerEpoch(sampleCount: source.count, batchSize: batchSize, isShuffled: isShuffled)
  }

  /// The next batch; waits until it is ready.
  ///
  /// - Throws: the error of the source, if it could not give a sample of the batch.
  public func next() throws -> Batch {
    condition.lock()
    defer { condition.unlock() }
    if ready[nextToDeliver] == nil {
      let start = ContinuousClock.now
      while ready[nextToDeliver] == nil { condition.wait() }
      waitedSeconds += (ContinuousClock.now - start) / .seconds(1)
    }
    let result = ready.removeValue(forKey: nextToDeliver)!
    nextToDeliver += 1
    condition.broadcast()
    return try result.get()
  }

  /// Ends the background threads.
  public func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  deinit { close() }

  private enum Work {
    case prepare(Int)
    case lookAgain
    case stop
  }

  private func takeWork() -> Work {
    condition.lock()
    defer { condition.unlock() }
    if isClosed { return .stop }
    if let endBatch, nextToPrepare >= endBatch { return .stop }
    if nextToPrepare >= nextToDeliver + prefetchCount {
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.5))
      return .lookAgain
    }
    defer { nextToPrepare += 1 }
    return .prepare(nextToPrepare)
  }

  private func finish(_ batch: Int, _ result: Result<Batch, any Error>) {
    condition.lock()
    ready[batch] = result
    condition.broadcast()
    condition.unlock()
  }

  private func prepare(_ batch: Int) throws -> Batch {
    let (epoch, position) = batch.quotientAndRemainder(dividingBy: batchesPerEpoch)
    let order = order(of: epoch)
    let range = (position * batchSize)..<min(order.count, (position + 1) * batchSize)
    var builder = BatchBuilder(tasks: tasks, capacity: range.count)
    for place in range {
      var generator = SeededGenerator(keys: seed, UInt64(epoch), UInt64(place))
      var sample = try source.sample(at: order[place])
      for transform in transforms { sample = transform(sample, using: &generator) }
      builder.add(sample)
    }
    return builder.takeBatch()
  }

  private func order(of epoch: Int) -> [Int] {
    guard isShuffled else { return Array(0..<source.count) }
    condition.lock()
    defer { condition.unlock() }
    if let order = orders[epoch] { return order }
    var generator = SeededGenerator(keys: seed, UInt64(epoch), .max)
    let order = (0..<source.count).shuffled(using: &generator)
    orders = orders.filter { $0.key >= epoch - 1 }
    orders[epoch] = order
    return order
  }
}
