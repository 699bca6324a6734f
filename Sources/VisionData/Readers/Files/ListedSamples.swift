/// Samples that are read one by one, each from what is known of it.
struct ListedSamples<Entry: Sendable>: SampleSource {
  let tasks: [VisionTask]
  let entries: [Entry]
  private let read: @Sendable (Entry) throws -> Sample

  /// - Parameters:
  ///   - entries: what is known of each sample.
  ///   - tasks: the tasks whose ground truth the samples have.
  ///   - read: a function that reads a sample.
  init(_ entries: [Entry], tasks: [VisionTask], read: @escaping @Sendable (Entry) throws -> Sample) {
    self.tasks = tasks
    self.entries = entries
    self.read = read
  }

  var count: Int { entries.count }

  func sample(at position: Int) throws -> Sample { try read(entries[position]) }
}
