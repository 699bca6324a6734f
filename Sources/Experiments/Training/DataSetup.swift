import Support
import Torch
import VisionData

/// The opened data of a run: what is trained on, what is evaluated on, and what happens to samples on the way.
struct DataSetup {
  let plan: VisionPlan
  let training: any SampleSource
  let validation: any SampleSource

  private let datasetNote: String?
  private let caches: [CachedSource]
  private let budget: CacheBudget?

  /// - Parameters:
  ///   - plan: of the run whose data these are.
  ///   - dataset: opened for the plan.
  /// - Throws: ``ConfigurationError`` for a data set whose splits lack samples or tasks, or whose tasks are not those
  ///   of the plan.
  init(_ plan: VisionPlan, _ dataset: Dataset) throws {
    self.plan = plan
    let (reader, data) = (try plan.resolved.dataset.reader.name, plan.resolved.configuration.data)
    if let (own, other) = zip(plan.tasks, try data.chosenTasks(among: dataset.tasks)).first(where: { $0 != $1 }) {
      throw ConfigurationError(
        "the run learned the task '\(own.name)' as \(own.kind), but the data have it as \(other.kind) now: its kind and classes have to be put back"
      )
    }
    for (name, split) in [("training", dataset.training), ("validation", dataset.validation)] {
      try Self.check(split, name, of: reader, tasks: data.tasks)
    }
    try plan.requireStatistics(sampleCount: dataset.training.count)
    // Crops take images of any size, but evaluations take them whole.
    let limits = [data.hasCrop ? nil : plan.samples.largestSize, plan.samples.largestSize]
    let splits = zip([dataset.training, dataset.validation], limits).map {
      CheckedSource(source: $0, channels: plan.samples.channels, largestSize: $1, reader: reader)
    }
    datasetNote = dataset.note
    budget = plan.samples.makeCacheBudget()
    caches = budget.map { budget in splits.map { CachedSource($0, budget: budget) } } ?? []
    training = caches.first ?? splits[0]
    validation = caches.last ?? splits[1]
  }

  /// The tasks of the run.
  var bindings: [TaskBinding] { plan.bindings }
  var evaluationTransforms: [any Transform] { plan.samples.evaluationTransforms }

  /// Readers come from outside, too.
  private static func check(
    _ split: any SampleSource, _ name: String, of reader: String, tasks: [String]
  ) throws {
    guard split.count > 0 else {
      throw ConfigurationError("the data reader \(reader) gives no samples for \(name)")
    }
    let given = split.tasks.map(\.name)
    if let lacking = tasks.first(where: { !given.contains($0) }) {
      throw ConfigurationError(
        "the data reader \(reader) gives no ground truth of '\(lacking)' for \(name), only of \(given.joined(separator: ", "))"
      )
    }
  }

  /// What is to be said about the choice of the samples, and about the cache; nil if there is nothing to say.
  ///
  /// - Throws: what reading the first samples throws.
  func note() throws -> String? {
    let notes = [datasetNote, try cacheNote()].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
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
