import VisionData

/// The samples of a run's data set: those to train on and those to evaluate on, checked, and kept in memory as far as the
/// configuration allows.
struct OpenedSamples {
  /// What samples are for.
  enum Purpose: String {
    case training
    case validation
  }

  let training: any SampleSource
  let validation: any SampleSource

  private let datasetNote: String?
  private let batchNote: String?
  private let caches: [CachedSource]
  private let budget: CacheBudget?

  /// - Parameters:
  ///   - dataset: opened for the configuration.
  ///   - resolved: the configuration.
  ///   - plan: how the configuration prepares samples.
  ///   - check: puts a source that looks at each sample before another one; by default only channels are looked at.
  /// - Throws: ``ConfigurationError`` for a data set whose splits lack samples or tasks.
  init(
    _ dataset: Dataset, of resolved: ResolvedConfiguration, _ plan: SamplePlan,
    checking check: (any SampleSource, Purpose) -> any SampleSource = { source, _ in source }
  ) throws {
    let (reader, data) = (try resolved.dataset.reader.name, resolved.configuration.data)
    let splits = [(dataset.training, Purpose.training), (dataset.validation, .validation)]
    for (split, purpose) in splits { try Self.check(split, purpose, of: reader, tasks: data.tasks) }
    let checked = splits.map { split, purpose in
      // Crops take images of any size, but evaluations take them whole.
      let limit = purpose == .training && data.hasCrop ? nil : plan.largestSize
      return check(
        CheckedSource(source: split, channels: plan.channels, largestSize: limit, reader: reader), purpose)
    }
    datasetNote = dataset.note
    batchNote = Self.batchNote(plan.batchSize, sampleCount: dataset.training.count)
    budget = plan.makeCacheBudget()
    caches = budget.map { budget in checked.map { CachedSource($0, budget: budget) } } ?? []
    training = caches.first ?? checked[0]
    validation = caches.last ?? checked[1]
  }

  /// Readers come from outside, too.
  private static func check(
    _ split: any SampleSource, _ purpose: Purpose, of reader: String, tasks: [String]
  ) throws {
    guard split.count > 0 else {
      throw ConfigurationError("the data reader \(reader) gives no samples for \(purpose.rawValue)")
    }
    let given = split.tasks.map(\.name)
    if let lacking = tasks.first(where: { !given.contains($0) }) {
      throw ConfigurationError(
        "the data reader \(reader) gives no ground truth of '\(lacking)' for \(purpose.rawValue), only of \(given.joined(separator: ", "))"
      )
    }
  }

  /// What is to be said about the choice of the samples, batches that are smaller than wanted, and the cache; nil if there
  /// is nothing to say.
  ///
  /// - Throws: what reading the first samples throws.
  func note() throws -> String? {
    let notes = [datasetNote, batchNote, try cacheNote()].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// That batches are smaller than they are wanted; nil if they are not.
  private static func batchNote(_ batchSize: Int, sampleCount: Int) -> String? {
    guard sampleCount < batchSize else { return nil }
    return
      "training.batchSize is \(batchSize), larger than the number of samples to train on, \(sampleCount): a step looks at these alone"
  }

  /// That the cache cannot keep all samples; nil if it can, or is off.
  private func cacheNote() throws -> String? {
    guard let budget else { return nil }
    let expected = try caches.reduce(0) { $0 + (try $1.expectedByteCount()) }
    guard expected > budget.byteCount else { return nil }
    let (all, room) = (expected / 1_000_000 + 1, budget.byteCount / 1_000_000)
    return
      "the samples would take about \(all) MB of memory, but \(room) MB are for them (data.cacheMegabytes): those that do not fit are read again in each epoch"
  }
}
