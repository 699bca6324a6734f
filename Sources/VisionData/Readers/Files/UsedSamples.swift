/// The samples of a part of a data set, of which a run may use fewer than there are.
struct UsedSamples<Entry> {
  /// The samples that are used: the first ones.
  let entries: [Entry]
  private let availableCount: Int
  private let purpose: String
  private let field: String

  /// - Parameters:
  ///   - entries: all samples of the part.
  ///   - request: what is wished for.
  static func training(_ entries: [Entry], _ request: DatasetRequest) -> UsedSamples {
    UsedSamples(entries, request.trainingCount, "train on", "trainingCount")
  }

  /// - Parameters:
  ///   - entries: all samples of the part.
  ///   - request: what is wished for.
  static func validation(_ entries: [Entry], _ request: DatasetRequest) -> UsedSamples {
    UsedSamples(entries, request.validationCount, "evaluate on", "validationCount")
  }

  private init(_ entries: [Entry], _ limit: Int, _ purpose: String, _ field: String) {
    self.entries = Array(entries.prefix(limit))
    availableCount = entries.count
    (self.purpose, self.field) = (purpose, field)
  }

  /// What stays unused; nil if nothing does.
  var note: String? {
    guard entries.count < availableCount else { return nil }
    return "of \(availableCount) samples to \(purpose), \(entries.count) are used (data.\(field))"
  }
}

extension [String?] {
  /// Joins what there is to say; nil if that is nothing.
  var joinedNotes: String? {
    let notes = compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }
}
